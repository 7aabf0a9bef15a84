/** A process of the exchange benchmark: measures the task in its argument, tells it, ends. */
import { measure, type Task } from './measurement.ts';

const task: Task = JSON.parse(process.argv[2]!);
process.send!(measure(task));
process.disconnect();

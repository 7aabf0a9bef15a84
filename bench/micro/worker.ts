/** A process of the micro-benchmarks: measures the task in its argument, tells it, ends. */
import { measure, type Task } from './measurement.ts';

const task: Task = JSON.parse(process.argv[2]!);
process.send!(measure(task));
process.disconnect();

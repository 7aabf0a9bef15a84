/** A process of the projection's benchmark: measures the task in its argument, tells it, ends. */
import { measure, type Task } from './measurement.ts';

const task: Task = JSON.parse(process.argv[2]!);
process.send!(await measure(task));
process.disconnect();

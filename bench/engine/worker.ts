/** A process of the engine benchmark: measures the task in its argument, tells its parent, ends. */
import { measure, type Task } from './measurement.ts';

const task: Task = JSON.parse(process.argv[2]!);
process.send!(await measure(task));
process.disconnect();

/** A process of the HTTP benchmark: measures the task in its argument, tells it, ends. */
import type { WithServer } from './cases.ts';
import { measure, type Task } from './measurement.ts';

const task: Task & WithServer = JSON.parse(process.argv[2]!);
process.send!(await measure(task, task.cli));
process.disconnect();

/** The other thread that spins. */
import { parentPort, workerData } from 'node:worker_threads';
import { encode } from '../measuring/histograms.ts';
import { spin } from './floor.ts';

parentPort!.postMessage(encode(spin(workerData as number)));

/**
 * What a WebSocket is told of a message that was refused. Where there is too much, refusals in a
 * row are alike but for the message's number: put in words once, in bytes sent as they are.
 */
import type { Refusal } from './command-intake.ts';

const MESSAGE = '{"message":';
const ZERO = 0x30;

export class RefusalMessages {
  private refusal: Refusal | undefined;
  /** By how many digits a message's number has. */
  private templates: Uint8Array[] = [];

  /**
   * @param number of the message on this connection, from 1
   * @returns a text's bytes, good until the next call
   */
  messageOf(number: number, refusal: Refusal): Uint8Array {
    if (refusal !== this.refusal) this.templates = [];
    this.refusal = refusal;
    const digits = digitsOf(number);
    this.templates[digits] ??= templateOf(digits, refusal);
    const bytes = this.templates[digits];
    let left = number;
    for (let at = MESSAGE.length + digits - 1; at >= MESSAGE.length; at--) {
      const rest = Math.floor(left / 10);
      bytes[at] = ZERO + (left - 10 * rest);
      left = rest;
    }
    return bytes;
  }
}

function templateOf(digits: number, refusal: Refusal): Uint8Array {
  return Buffer.from(`${MESSAGE}${'0'.repeat(digits)},${JSON.stringify(refusal).slice(1)}`);
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let left = number; left >= 10; left /= 10) digits++;
  return digits;
}

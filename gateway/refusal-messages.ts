/**
 * What a WebSocket is told of a message that was refused. Where there is too much, refusals in a
 * row are alike but for the message's number: put in words once, in bytes sent as they are.
 */
import type { Refusal } from './command-intake.ts';

const MESSAGE = '{"message":';
const ZERO = 0x30;

export class RefusalMessages {
  private refusal: Refusal | undefined;
  private digits = 0;
  private bytes = new Uint8Array(0);

  /**
   * @param number of the message on this connection, from 1
   * @returns a text's bytes, good until the next call
   */
  messageOf(number: number, refusal: Refusal): Uint8Array {
    const digits = digitsOf(number);
    if (refusal !== this.refusal || digits !== this.digits) this.begin(refusal, digits);
    const { bytes } = this;
    let left = number;
    for (let at = MESSAGE.length + digits - 1; at >= MESSAGE.length; at--) {
      const rest = Math.floor(left / 10);
      bytes[at] = ZERO + (left - 10 * rest);
      left = rest;
    }
    return bytes;
  }

  private begin(refusal: Refusal, digits: number): void {
    this.refusal = refusal;
    this.digits = digits;
    this.bytes = Buffer.from(`${MESSAGE}${'0'.repeat(digits)},${JSON.stringify(refusal).slice(1)}`);
  }
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let left = number; left >= 10; left /= 10) digits++;
  return digits;
}

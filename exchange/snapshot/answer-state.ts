/** Of a snapshot: what new orders were answered that is still remembered, oldest first. */
import type { Exchange } from '../exchange.ts';
import { ANSWER_FILL_WORDS, ANSWER_WORD } from '../order-answers.ts';
import { Section, type StateReader, type StateWriter } from './state-stream.ts';

const VERSION = 1;

export function saveAnswers({ answers, time }: Exchange, to: StateWriter): void {
  const { fills, records } = answers;
  to.section(Section.Answers, VERSION);
  to.add(answers.rememberedCount(time));
  for (const slot of answers.remembered(time)) {
    const page = records.page(slot);
    const at = records.wordOf(slot);
    to.addWords(page, at, at + ANSWER_WORD.END);
    let fill = page[at + ANSWER_WORD.FIRST_FILL]!;
    for (let i = page[at + ANSWER_WORD.FILL_COUNT]!; i > 0; i--) {
      const first = fills.wordOf(fill);
      to.addWords(fills.page(fill), first, first + ANSWER_FILL_WORDS);
      fill = fills.next(fill);
    }
  }
}

export function loadAnswers({ answers, limits, time }: Exchange, from: StateReader): void {
  const { clientOrderIdSeconds, maxClientOrderIds } = limits;
  const words = new Int32Array(ANSWER_WORD.END);
  from.section(Section.Answers);
  const count = from.next();
  // There may be more than a limit that was lowered since allows.
  answers.configure(clientOrderIdSeconds, Math.max(count, maxClientOrderIds), time);
  for (let i = 0; i < count; i++) {
    from.nextWords(words, 0, words.length);
    answers.restore(words);
    for (let fills = words[ANSWER_WORD.FILL_COUNT]!; fills > 0; fills--) {
      const fill = answers.fills.push();
      from.nextWords(answers.fills.page(fill), answers.fills.wordOf(fill), ANSWER_FILL_WORDS);
    }
  }
  answers.configure(clientOrderIdSeconds, maxClientOrderIds, time);
}

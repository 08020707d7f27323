import type { ProperReply } from '../../fixtures/model-server/fault.ts'
import { type Malformation, type Meaning, malformed, silent } from './malformation.ts'

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const delta = (content: unknown) => event({ choices: [{ index: 0, delta: { content } }] })
const end = (reason: unknown) =>
  event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })
const DONE = 'data: [DONE]\n\n'

const sent = (name: string, meaning: Meaning, ...pieces: string[]) =>
  malformed(name, meaning, { pieces })
const changed = (
  name: string,
  meaning: Meaning,
  change: (lines: readonly string[]) => readonly string[],
) => malformed(name, meaning, ({ lines }: ProperReply) => ({ pieces: change(lines) }))

/** Malformations of an answer that comes in pieces. */
export const STREAMS: readonly Malformation[] = [
  silent('comments for ever', () => Array.from({ length: 1000 }, () => ': wait\n\n')),
  malformed('one line for ever', 'out', {
    pieces: Array.from({ length: 30 }, () => ' '.repeat(1024 * 1024)),
    end: 'stall',
  }),
  sent('no event', 'out', '\n\n\n'),
  sent('nothing but the end', 'out', DONE),
  sent('an end without a word', 'refused', end('stop'), DONE),
  sent('an event that is no JSON', 'out', 'data: {"choices": [\n\n', DONE),
  sent('an event that is null', 'out', event(null), DONE),
  sent('choices of null', 'out', event({ choices: null }), DONE),
  sent('no choices', 'out', event({ choices: [] }), DONE),
  sent('a piece of null', 'refused', delta(null), end('stop'), DONE),
  sent('a piece that is a number', 'out', delta(5), end('stop'), DONE),
  sent(
    'a piece in parts',
    'read',
    delta([{ type: 'text', text: 'It stands at the pier.' }]),
    end('stop'),
    DONE,
  ),
  sent('an error before the first word', 'out', event({ error: { message: 'boom' } }), DONE),
  sent(
    'a refusal before the first word',
    'refused',
    event({ error: { message: 'long', code: 'context_length_exceeded' } }),
    DONE,
  ),
  changed('an error within the answer', 'out', ([first = '']) => [
    first,
    event({ error: { message: 'boom' } }),
    DONE,
  ]),
  changed('no JSON within the answer', 'out', ([first = '']) => [first, 'data: {{{\n\n', DONE]),
  changed('no end', 'out', (lines) => lines.slice(0, 2)),
  silent('silence within the answer', ({ lines }) => lines.slice(0, 2)),
  malformed('a connection that is reset within the answer', 'out', ({ lines }) => ({
    pieces: lines.slice(0, 2),
    end: 'close',
  })),
  changed('a limit of tokens', 'cut', ([first = '']) => [first, end('length'), DONE]),
  changed('a content filter', 'cut', ([first = '']) => [first, end('content_filter'), DONE]),
  sent('a content filter before the first word', 'refused', end('content_filter'), DONE),
  changed('an end without [DONE]', 'read', (lines) => lines.slice(0, -1)),
  changed('words behind the end', 'out', (lines) => [...lines, 'data: and more\n\n']),
  changed('comments between the words', 'read', (lines) => [': a\n\n', ...lines]),
  changed('a time to come back', 'read', (lines) => ['retry: 0\nid: 7\n\n', ...lines]),
  changed('other ends of lines', 'read', (lines) =>
    lines.map((line) => line.replaceAll('\n', '\r\n')),
  ),
  changed('bytes that come one by one', 'read', (lines) => Array.from(lines.join(''))),
  changed('huge counts', 'read', (lines) => [
    ...lines.slice(0, -1),
    event({ choices: [], usage: { prompt_tokens: 1e300, completion_tokens: -1e300 } }),
    DONE,
  ]),
]

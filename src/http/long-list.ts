import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { yieldAheadIfDue } from '../engine/work/turns.ts'

/** A list of so many is written at once, in a few milliseconds. */
const FEW = 200
/** In UTF-16 units: what is written between two looks at the clock takes less than a millisecond. */
const PIECE = 32 * 1024

/**
 * Answers with an object of which one list may be very long: that is written item by item, and others
 * have turns in between.
 *
 * @param name of the list
 * @param schema of an item; the same object each time, for it is compiled once
 */
export function sendLongList<
  Name extends string,
  Answer extends { readonly [N in Name]: readonly object[] },
>(reply: FastifyReply, answer: Answer, name: Name, schema: object): FastifyReply {
  const { [name]: items, ...rest } = answer
  if (items.length <= FEW) return reply.send(answer)
  const compiled = reply.compileSerializationSchema(schema as Fields)
  const write = (item: object) => compiled(item as Fields)
  return reply
    .type('application/json; charset=utf-8')
    .send(Readable.from(pieces(rest, name, items, write), { objectMode: false }))
}

type Fields = Readonly<Record<string, unknown>>

async function* pieces(
  rest: object,
  name: string,
  items: readonly object[],
  write: (item: object) => string,
): AsyncGenerator<string, void, void> {
  const head = JSON.stringify(rest)
  let piece = `${head === '{}' ? '{' : `${head.slice(0, -1)},`}${JSON.stringify(name)}:[`
  for (const [i, item] of items.entries()) {
    piece += i === 0 ? write(item) : `,${write(item)}`
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
    await yieldAheadIfDue()
  }
  yield `${piece}]}`
}

// Loaded into a real server before anything else: texts that end it, or have it stand still, where their
// chunks are given ids: what is hashed there ends with the text of the chunk, behind a null.
import { Hash } from 'node:crypto'

const update = Hash.prototype.update
Hash.prototype.update = function (data, ...rest) {
  const [, how] = /\0POISON (\w+)$/.exec(String(data).slice(0, 200)) ?? []
  if (how === 'hang') for (;;);
  if (how === 'heap') for (const held = []; ; ) held.push(new Array(1000).fill({ held }))
  if (how === 'abort') process.abort()
  if (how === 'throw')
    // Any later, and the document would be through before it.
    queueMicrotask(() => {
      throw new Error('planted')
    })
  return update.call(this, data, ...rest)
}

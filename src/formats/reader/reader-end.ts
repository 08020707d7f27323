import type { ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import type { FailedRead } from './read-outcome.ts'

const MOST_WORDS = 16 * 1024
/** What a process said before it ended may come a little after the news of its end. */
const LAST_WORDS_MS = 200
/** What V8, Node and the libraries of C++ say when they get no memory. */
const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc/i

/** What the end of a process means for the file that it was reading; `tell` is called once. */
export function onReaderEnd(child: ChildProcess, tell: (outcome: FailedRead) => void): void {
  const words = new LastWords(child)
  child.on('exit', (code, signal) => {
    const hear = () => {
      clearTimeout(waiting)
      child.off('close', hear)
      tell(outcomeOf(code, signal, words.text))
    }
    // Whoever it has started itself may keep its end of the pipe open.
    const waiting = setTimeout(hear, LAST_WORDS_MS)
    child.once('close', hear)
  })
}

function outcomeOf(code: number | null, signal: string | null, words: string): FailedRead {
  const cause = new Error(`the reader ended with ${signal ?? code}`)
  if (signal === 'SIGXCPU') return { kind: 'over', limit: 'cpu' }
  if (signal === 'SIGXFSZ') return { kind: 'over', limit: 'files' }
  if (signal === 'SIGKILL') return { kind: 'killed', cause }
  if (OUT_OF_MEMORY.test(words)) return { kind: 'over', limit: 'memory' }
  return { kind: 'crashed', cause }
}

/** The first that a process says on its error output: a reader is silent until it fails. */
class LastWords {
  text = ''

  constructor({ stderr }: ChildProcess) {
    if (stderr instanceof Socket) stderr.unref()
    stderr?.on('error', () => undefined)
    stderr?.setEncoding('latin1').on('data', (piece: string) => {
      this.text += piece
      // Nobody is kept busy by one that never stops.
      if (this.text.length > MOST_WORDS) stderr.destroy()
    })
  }
}

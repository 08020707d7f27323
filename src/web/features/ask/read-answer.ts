import type { Turn } from '../../data/ask-types.ts'
import { answerEvents, textPieces } from './answer-stream.ts'

/** Shows what has changed of a turn; at its end it is kept. */
type Show = (change: Partial<Turn>, isKept?: boolean) => void

/** Reads an answer to its end, and shows it as it grows. */
export async function readAnswer(body: ReadableStream<Uint8Array>, show: Show): Promise<void> {
  const began = performance.now()
  const frame = new FrameWriter((answer) => show({ answer }))
  let first: number | undefined
  try {
    for await (const event of answerEvents(textPieces(body))) {
      if (event.type === 'text') {
        first ??= performance.now() - began
        frame.add(event.text)
      } else if (event.type === 'references') {
        show({ references: event.references })
      } else if (event.type === 'cut') {
        show({ cut: event.reason })
      } else {
        show({ state: 'failed', problem: event.message, answer: frame.text }, true)
        return
      }
    }
  } finally {
    // Whoever ends it, what had come is shown.
    frame.end()
    show({ answer: frame.text })
  }
  const whole = performance.now() - began
  show({ state: 'done', answer: frame.text, times: { first: first ?? whole, whole } }, true)
}

/** Shows a text that grows once a frame, however many pieces come in it. */
class FrameWriter {
  readonly #show: (text: string) => void
  #waiting: number | undefined
  text = ''

  constructor(show: (text: string) => void) {
    this.#show = show
  }

  add(piece: string): void {
    this.text += piece
    this.#waiting ??= requestAnimationFrame(() => {
      this.#waiting = undefined
      this.#show(this.text)
    })
  }

  end(): void {
    if (this.#waiting !== undefined) cancelAnimationFrame(this.#waiting)
    this.#waiting = undefined
  }
}

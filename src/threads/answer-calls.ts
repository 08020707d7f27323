import { parentPort, type Transferable } from 'node:worker_threads'
import { carriedError } from './carried-error.ts'
import type { ThreadMessage, ThreadQuestion } from './thread-calls.ts'
import { cpuMsOf, ownTask } from './thread-cpu.ts'

/**
 * Answers the questions of `ThreadCalls` in the thread that calls this.
 *
 * @param transferred what of an answer is handed over, and not copied
 */
export function answerCalls<Question, Answer>(
  answer: (question: Question) => Answer | Promise<Answer>,
  transferred: (answer: Answer) => readonly Transferable[] = () => [],
): void {
  const say = (message: ThreadMessage<Answer>, handedOver: readonly Transferable[] = []) =>
    parentPort?.postMessage(message, handedOver)
  parentPort?.on('message', async (asked: ThreadQuestion<Question>) => {
    if (asked === null) {
      parentPort?.close()
      return
    }
    const { id, question } = asked
    try {
      const answered = await answer(question)
      say({ kind: 'answer', id, answer: answered }, transferred(answered))
    } catch (error) {
      say({ kind: 'error', id, error: carriedError(error) })
    }
  })
  const task = ownTask()
  say({ kind: 'started', task, spentMs: cpuMsOf(task) ?? 0 })
}

import { inParallel } from '../../../src/engine/work/in-parallel.ts'
import { extractionRows, type ServedMessage } from '../../fixtures/model-server/default-answers.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../../fixtures/model-server/recorded-call.ts'
import { startServer } from '../../routes/fake-server.ts'
import type { TestServer } from '../../routes/rest-client.ts'
import { settled } from '../served-engine.ts'
import { DIMENSION, type EveryRoleEngine, openEveryRoleEngine } from './every-role-engine.ts'
import { type Cell, cellOf, isKeywords, isSummary } from './malformed-cell.ts'
import {
  askAgain,
  type DocumentOutcome,
  fileOf,
  outcomesOf,
  takeIn,
  textOf,
} from './malformed-documents.ts'
import { ask, isQuestionRole, type QuestionOutcome } from './malformed-questions.ts'

export const ANSWER = 'It stands at the pier.'
export const SUMMARY = 'One description of all.'

/** Questions asked at one time. */
const AT_ONCE = 16

/** All by the marks of the cells. */
export interface LiedTo {
  readonly provider: ModelServer
  readonly engine: EveryRoleEngine
  readonly server: TestServer
  /** How many of its calls were lied to. */
  readonly calls: ReadonlyMap<string, number>
  /** What became of documents and questions while the models lied, and once they did not. */
  readonly documents: ReadonlyMap<string, DocumentOutcome>
  readonly mended: ReadonlyMap<string, DocumentOutcome>
  readonly asked: ReadonlyMap<string, QuestionOutcome>
  readonly askedAgain: ReadonlyMap<string, QuestionOutcome>
  /** Without a reranker. */
  readonly unranked: ReadonlyMap<string, QuestionOutcome>
  /** Statuses of documents to which nobody lied, taken in beside the others. */
  readonly beside: readonly (string | undefined)[]
  close(): Promise<void>
}

/**
 * Takes in a document or asks a question for each cell, beside the others.
 *
 * @param timeoutMs how long a model may be silent
 * @param beside documents of which nobody lies
 */
export async function lieTo(
  cells: readonly Cell[],
  timeoutMs: number,
  beside: number,
): Promise<LiedTo> {
  const ofQuestions = cells.filter(({ role }) => isQuestionRole(role))
  const ofDocuments = cells.filter(({ role }) => !isQuestionRole(role))
  let lying = true
  const calls = new Map<string, number>()
  const provider = await startModelServer({
    dimension: DIMENSION,
    chat,
    faultOf: (call) => {
      const cell = lying ? cellOf(call) : null
      if (cell === null) return null
      calls.set(cell.mark, (calls.get(cell.mark) ?? 0) + 1)
      return cell.malformation.fault
    },
  })
  const engine = await openEveryRoleEngine(provider, timeoutMs)
  const server = await startServer(engine.rag)
  const good = Array.from({ length: beside }, (_, i) => `good${i}.txt`)
  await takeIn(
    engine,
    new Map([
      ...ofDocuments.map((cell) => [fileOf(cell), textOf(cell)] as const),
      ...good.map((file, i) => [file, `Good Quay${i} stands.`] as const),
    ]),
  )
  console.time('docs')
  await settled(engine)

  const documents = await outcomesOf(engine, ofDocuments)
  const { documents: listed } = await engine.rag.listDocuments({ page_size: 1000 })
  const statuses = new Map(listed.map(({ file_path, status }) => [file_path, status]))
  const questions = async (more?: object) => {
    const outcomes = new Map<string, QuestionOutcome>()
    await inParallel(AT_ONCE, ofQuestions, async (cell) => {
      outcomes.set(cell.mark, await ask(server, cell, more))
    })
    return outcomes
  }
  const asked = await questions()

  lying = false
  const askedAgain = await questions()
  const unranked = await questions({ enable_rerank: false })
  console.time('again')
  await askAgain(engine)

  return {
    provider,
    engine,
    server,
    calls,
    documents,
    mended: await outcomesOf(engine, ofDocuments),
    asked,
    askedAgain,
    unranked,
    beside: good.map((file) => statuses.get(file)),
    async close() {
      await server.close()
      await engine.close()
      await provider.close()
    },
  }
}

function chat(messages: readonly ServedMessage[], call: RecordedCall): string {
  const last = messages.at(-1)?.content ?? ''
  if (call.stream) return ANSWER
  if (isSummary(last)) return SUMMARY
  if (isKeywords(last))
    return '{"high_level_keywords":["harbour"],"low_level_keywords":["Harbour"]}'
  const passage = messages.find(({ role }) => role === 'user')?.content ?? ''
  const [, n, pier, mark] = /Beacon(\d+) stands at pier (\d) (q\d{4}q)/.exec(passage) ?? []
  if (n === undefined) return extractionRows(messages)
  return `entity<|#|>Beacon${n}<|#|>Place<|#|>Beacon at pier ${pier}, ${mark}.\n<|COMPLETE|>`
}

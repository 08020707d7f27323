import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import type { ChaosCaller, FoundDocument, Taken } from './chaos-caller.ts'
import { canaryIn, FATES, type Fate } from './fated-document.ts'
import type { LogStory, StoryLine } from './log-story.ts'

export interface ChaosReport {
  /** What broke a promise, each in a sentence. */
  readonly faults: readonly string[]
  /** Documents that stayed, by fate and by how they ended. */
  readonly ends: ReadonlyMap<Fate, ReadonlyMap<string, number>>
  readonly deleted: number
  readonly calls: number
  readonly outages: number
  /** Most whole answers that one prompt about a sound document had. */
  readonly mostPaidPrompt: number
  /** The same of one text to embed. */
  readonly mostPaidText: number
  /** Most calls that one prompt about a document had that fails for ever. */
  readonly mostTriedPrompt: number
  /** Attempts that came after another was put off. */
  readonly laterAttempts: number
}

/** How often one thing may be paid for: a call whose caller had given up may still be answered. */
export const MOST_PAID = 2
/** Calls about an input that fails for ever: three a call, three to twelve attempts. */
export const MOST_TRIED = 36

interface Run {
  readonly taken: readonly Taken[]
  readonly caller: ChaosCaller
  readonly story: LogStory
  readonly server: ModelServer
  readonly outages: number
}

export async function judge(run: Run): Promise<ChaosReport> {
  const { taken, server, story, outages } = run
  const faults: string[] = []
  const found = await foundByWorkspace(run)
  const ends = new Map<Fate, Map<string, number>>(FATES.map((fate) => [fate, new Map()]))
  for (const one of taken) {
    const { document, id } = one
    const record = found.get(document.workspace)?.get(id)
    if (document.deletedBy) {
      faults.push(...(await faultsOfDeleted(run, one, record)))
      continue
    }
    const end = endOf(record)
    const of = ends.get(document.fate)
    of?.set(end, (of.get(end) ?? 0) + 1)
    faults.push(...faultsOfEnd(one, record, end), ...faultsOfStory(one, story.of(id), record))
    if (end === 'processed' && !(await run.caller.knows(document.workspace, document.canary))) {
      faults.push(`${document.file} (${document.fate}) is processed and not in the graph`)
    }
    const isWordless = document.fate !== 'sound' && record?.status !== 'processed'
    if (isWordless) continue
    const passages = await run.caller.passages(document.workspace, `Where is ${document.canary}?`)
    if (!passages.some((text) => text.includes(document.canary))) {
      faults.push(`${document.file} (${document.fate}) is not found by its name`)
    }
  }
  const paid = payments(server, taken)
  if (paid.prompt > MOST_PAID) faults.push(`a prompt was paid for ${paid.prompt} times`)
  if (paid.text > MOST_PAID) faults.push(`a text was embedded ${paid.text} times`)
  if (paid.tried > MOST_TRIED) faults.push(`a prompt that fails was tried ${paid.tried} times`)
  const later = attemptsAfterOthers(taken, story)
  faults.push(...later.faults)
  return {
    faults,
    ends,
    deleted: taken.filter(({ document }) => document.deletedBy).length,
    calls: server.calls.length,
    outages,
    mostPaidPrompt: paid.prompt,
    mostPaidText: paid.text,
    mostTriedPrompt: paid.tried,
    laterAttempts: later.attempts,
  }
}

async function foundByWorkspace({ taken, caller }: Run) {
  const found = new Map<number, Map<string, FoundDocument>>()
  for (const workspace of new Set(taken.map(({ document }) => document.workspace))) {
    const documents = await caller.all(workspace)
    found.set(workspace, new Map(documents.map((document) => [document.id, document])))
  }
  return found
}

function endOf(record: FoundDocument | undefined): string {
  if (record === undefined) return 'lost'
  return record.metadata?.chunks_set_aside ? `${record.status}, in part` : record.status
}

async function faultsOfDeleted(
  { caller, server }: Run,
  { document }: Taken,
  record: FoundDocument | undefined,
): Promise<string[]> {
  const { file, workspace, canary } = document
  if (record) return [`${file} was deleted and is ${record.status}`]
  // A few questions are enough where nothing may be found in any way.
  if (server.calls.length % 3 === 0) return []
  const passages = await caller.passages(workspace, `Where is ${canary}?`)
  return passages.some((text) => text.includes(canary)) ? [`${file} was deleted and is found`] : []
}

function faultsOfEnd(
  { document }: Taken,
  record: FoundDocument | undefined,
  end: string,
): string[] {
  const { file, fate } = document
  if (fate === 'sound') return end === 'processed' ? [] : [`${file} is sound and ended ${end}`]
  if (end === 'processed, in part' || (fate === 'cut' && end === 'processed')) return []
  if (end === 'failed' && record?.error_msg) return []
  return [`${file} (${fate}) ended ${end} without saying what is missing`]
}

/** From the first attempt to the end, each told once. */
function faultsOfStory(
  { document }: Taken,
  lines: readonly StoryLine[],
  record: FoundDocument | undefined,
): string[] {
  const told = (msg: string) => lines.filter((line) => line.msg === msg)
  const { file } = document
  if (told('document begun').length === 0) return [`the log does not tell that ${file} was begun`]
  const last = record?.status === 'failed' ? 'document failed' : 'document done'
  if (told(last).length !== 1) return [`the log tells ${told(last).length} times: ${file}, ${last}`]
  const silent = lines.find(({ msg, reason }) => /waits|failed/.test(msg) && !reason)
  return silent ? [`the log gives no reason: ${file}, ${silent.msg}`] : []
}

/** How often whole answers came for one prompt or text, and how often one was asked in vain. */
function payments(server: ModelServer, taken: readonly Taken[]) {
  const sound = new Set(
    taken
      .filter(({ document }) => document.fate === 'sound')
      .map(({ document }) => document.canary),
  )
  // Questions are asked anew each time.
  const isOfSound = (text: string) =>
    sound.has(canaryIn(text) ?? '') && !text.startsWith('Where is')
  const prompts = new Tally()
  const texts = new Tally()
  const tried = new Tally()
  for (const call of server.calls) {
    if (call.kind === 'embed') {
      if (isPaid(call)) for (const text of call.texts.filter(isOfSound)) texts.add(text)
      continue
    }
    const about = canaryIn(call.messages.at(-1)?.content ?? '')
    const isTried = about !== undefined && !sound.has(about)
    if (isTried) tried.add(JSON.stringify(call.messages))
    if (about !== undefined && !isTried && isPaid(call)) prompts.add(JSON.stringify(call.messages))
  }
  return { prompt: prompts.most, text: texts.most, tried: tried.most }
}

/** A whole answer, if in another order than that of the texts. */
function isPaid({ finished, fault }: RecordedCall): boolean {
  return finished && (fault === null || fault.kind === 'raw')
}

class Tally {
  readonly #counts = new Map<string, number>()
  most = 0

  add(key: string): void {
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    this.most = Math.max(this.most, count)
  }
}

/**
 * A document that waits for another attempt stands behind all that were there when it began to wait:
 * each of them was begun before it is begun again.
 */
function attemptsAfterOthers(taken: readonly Taken[], story: LogStory) {
  const faults: string[] = []
  let attempts = 0
  const firstBegun = new Map<string, number>()
  const waiting = new Map<string, { readonly time: number }>()
  for (const [i, { msg, document, workspace, file, time }] of story.lines.entries()) {
    if (msg === 'document waits for another attempt') waiting.set(document, { time })
    if (msg !== 'document begun') continue
    if (!firstBegun.has(document)) firstBegun.set(document, i)
    const waited = waiting.get(document)
    if (waited === undefined) continue
    waiting.delete(document)
    attempts++
    const passedOver = taken.filter(
      (other) =>
        `space-${other.document.workspace}` === workspace &&
        other.at < waited.time &&
        !other.document.deletedBy &&
        !firstBegun.has(other.id),
    )
    if (passedOver.length > 0) {
      faults.push(`${passedOver.length} documents waited behind the next attempt at ${file}`)
    }
  }
  return { faults, attempts }
}

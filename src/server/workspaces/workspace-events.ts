import { randomUUID } from 'node:crypto'
import type { PipelineEvent } from '../../engine/pipeline/pipeline-event.ts'
import type { ServerEvent } from '../../routes/events.ts'
import { workspaceKey } from '../../tenancy/workspace-name.ts'
import { toldEvent } from './told-event.ts'

/** Events that are kept for listeners who come back, and that may wait for a slow one. */
const MOST_KEPT = 1000
/** After the last listener has left. */
const KEPT_MS = 300_000

/** What happened in a workspace since somebody began to listen. */
interface Log {
  /** Another for each log: what was counted before it is not known here. */
  readonly epoch: string
  readonly kept: ServerEvent[]
  readonly listeners: Set<Listener>
  count: number
  forgetting: NodeJS.Timeout | undefined
}

/** Events that wait for one reader. */
export class Listener {
  readonly #waiting: ServerEvent[] = []
  readonly #onClose: (listener: Listener) => void
  #wake: () => void = () => undefined

  constructor(onClose: (listener: Listener) => void) {
    this.#onClose = onClose
  }

  push(event: ServerEvent): void {
    if (this.#waiting.length >= MOST_KEPT) {
      this.#waiting.length = 0
      this.#waiting.push(missed(event.id))
    } else this.#waiting.push(event)
    this.#wake()
  }

  take(): ServerEvent | undefined {
    return this.#waiting.shift()
  }

  /** Calls back once there is something; at once where there is. */
  whenReady(wake: () => void): void {
    this.#wake = wake
    if (this.#waiting.length > 0) wake()
  }

  close(): void {
    this.#onClose(this)
  }
}

/**
 * Hands on what happens in workspaces to those who listen. No engine stays open for it, and where nobody
 * listens, or did lately, nothing is kept.
 */
export class WorkspaceEvents {
  readonly #logs = new Map<string, Log>()

  get listeners(): number {
    return [...this.#logs.values()].reduce((sum, log) => sum + log.listeners.size, 0)
  }

  publish(workspace: string, event: PipelineEvent): void {
    const log = this.#logs.get(workspaceKey(workspace))
    const told = log && toldEvent(event)
    if (log === undefined || told === undefined) return
    log.count += 1
    const numbered = { id: `${log.epoch}-${log.count}`, ...told }
    log.kept.push(numbered)
    if (log.kept.length > MOST_KEPT) log.kept.shift()
    for (const listener of log.listeners) listener.push(numbered)
  }

  /**
   * @param lastId of the event that was heard last; what came behind it comes first, or that something
   *   may have been missed
   */
  listen(workspace: string, lastId: string | undefined): Listener {
    const key = workspaceKey(workspace)
    const log = this.#logs.get(key) ?? newLog()
    this.#logs.set(key, log)
    clearTimeout(log.forgetting)
    const listener = new Listener((left) => {
      log.listeners.delete(left)
      if (log.listeners.size > 0) return
      clearTimeout(log.forgetting)
      log.forgetting = setTimeout(() => this.#logs.delete(key), KEPT_MS).unref()
    })
    log.listeners.add(listener)
    const here = `${log.epoch}-${log.count}`
    const behind = lastId === undefined ? [] : keptBehind(log, lastId)
    listener.push({ id: here, event: 'hello', data: {} })
    if (behind === null) listener.push(missed(here))
    else for (const event of behind) listener.push(event)
    return listener
  }
}

function newLog(): Log {
  const epoch = randomUUID().slice(0, 8)
  return { epoch, kept: [], listeners: new Set(), count: 0, forgetting: undefined }
}

/** Null where something that came behind it is no longer kept. */
function keptBehind({ epoch, kept, count }: Log, lastId: string): readonly ServerEvent[] | null {
  const [known, number] = lastId.split('-')
  const last = Number(number)
  if (known !== epoch || !Number.isInteger(last) || last > count) return null
  if (count - last > kept.length) return null
  return kept.slice(kept.length - (count - last))
}

/** Tells that what is shown is to be read anew. */
function missed(id: string): ServerEvent {
  return { id, event: 'reset', data: {} }
}

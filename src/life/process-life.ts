import { randomBytes } from 'node:crypto'
import type { WorkInHand, WorkWatch } from '../engine/pipeline/work-watch.ts'
import { announce, announceEnd, hearOfWork, type Work } from '../engine/work/announced-work.ts'
import { Mutex } from '../engine/work/mutex.ts'
import { type Fault, LifeFiles, livesFolder } from './life-files.ts'
import { StallWatch } from './stall-watch.ts'
import { WorkFile } from './work-file.ts'

/** The life of this process: its beginning, and a word that makes it one of its kind. */
export const LIFE = `${new Date().toISOString().replace(/\D/g, '')}-${randomBytes(6).toString('hex')}`

const SAID: Readonly<Record<Fault, string>> = {
  stalled: 'it stood still until it was ended',
  memory: 'it ran out of memory',
  fatal: 'it met a fatal error',
  abort: 'it aborted',
  exception: 'it met an error that nobody caught',
}

interface NamedDocument {
  readonly workspace: string
  readonly documentId: string
}

/** What this process has in work, for all workspaces, and how others before it have ended. */
export class ProcessLife {
  readonly #files: LifeFiles
  readonly #stalls: StallWatch
  readonly #workFile: WorkFile
  readonly #hearNoMore: () => void
  readonly #work = new Set<string>()
  /** Of those who are under suspicion. */
  readonly #alone = new Mutex()

  /** @param root the folder of the workspaces */
  constructor(root: string, onError: (error: unknown) => void) {
    this.#files = new LifeFiles(livesFolder(root))
    this.#files.prepare()
    this.#stalls = new StallWatch(this.#files.path(LIFE, 'stalled'), onError)
    this.#workFile = new WorkFile(this.#files.path(LIFE, 'work'))
    this.#hearNoMore = hearOfWork((work) => this.#workFile.tell(work))
  }

  /** The watch of one workspace. */
  of(workspace: string): WorkWatch {
    return {
      life: LIFE,
      begin: (documentId, isSuspect, signal) =>
        isSuspect
          ? this.#beginAlone({ workspace, documentId }, signal)
          : this.#begin({ workspace, documentId }),
      blame: async (life, documentId) => this.#blame(life, keyOf({ workspace, documentId })),
    }
  }

  async close(): Promise<void> {
    await this.#stalls.close()
    this.#hearNoMore()
    this.#workFile.close()
    this.#files.remove(LIFE, 'stalled')
    this.#files.remove(LIFE, 'work')
  }

  async #begin(document: NamedDocument): Promise<WorkInHand> {
    const told = (step: string) => `${keyOf(document)} ${step}`
    const workOn = (stage: string): Work => ({
      workspace: document.workspace,
      stage,
      document: document.documentId,
    })
    let now = told('read')
    let work = workOn('read')
    this.#work.add(now)
    this.#tell()
    return {
      step: (step) => {
        this.#work.delete(now)
        now = told(step)
        this.#work.add(now)
        this.#tell()
        work = workOn(step)
        announce(work)
      },
      end: () => {
        this.#work.delete(now)
        this.#tell()
        announceEnd(work)
      },
    }
  }

  async #beginAlone(document: NamedDocument, signal: AbortSignal): Promise<WorkInHand> {
    let leave = () => {}
    const left = new Promise<void>((resolve) => {
      leave = resolve
    })
    await new Promise<void>((resolve) => {
      void this.#alone.run(() => {
        resolve()
        return left
      })
    })
    try {
      signal.throwIfAborted()
      this.#files.write(LIFE, 'alone', { work: keyOf(document) })
      const work = await this.#begin(document)
      return {
        step: work.step,
        end: () => {
          work.end()
          this.#files.remove(LIFE, 'alone')
          leave()
        },
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  #tell(): void {
    this.#stalls.tell([...this.#work])
  }

  #blame(life: string, key: string): string | null {
    if (life === LIFE) return null
    const end = this.#files.end(life)
    if (end === null) return null
    // Of what a request had asked for, or a file at the opening does, no document is the cause.
    const last = this.#files.lastWork(life)
    if (last !== null && last.document === undefined) return null
    const alone = this.#files.alone(life)
    // One that was under suspicion already was it, and not those in work beside it.
    const isBlamed =
      alone === null
        ? end.work === null || end.work.some((work) => work.startsWith(`${key} `))
        : alone === key
    return isBlamed ? SAID[end.fault] : null
  }
}

function keyOf({ workspace, documentId }: NamedDocument): string {
  return `${workspace}/${documentId}`
}

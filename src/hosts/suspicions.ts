import { OPENING, type Work } from '../engine/work/announced-work.ts'
import { workspaceKey } from '../tenancy/workspace-name.ts'

/** Hosts that the calls of a workspace, or its opening, may end before it gets one of its own. */
const DEATHS_BEFORE_QUARANTINE = 2
/** One of a document counts so much: each is counted by itself, and given up after two. */
const DOCUMENT_SHARE = 0.5
/** What is held against a workspace is forgotten after so long without another death. */
const FORGOTTEN_MS = 3_600_000
/** Waits before a quarantined workspace gets another host; each death doubles them. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** Workspaces that are remembered, those of the latest deaths. */
const MOST = 10_000

interface Suspicion {
  readonly workspace: string
  readonly deaths: number
  /** Whether its opening was among them. */
  readonly isOpenedBare: boolean
  /** Of the last death, by the clock of this object. */
  readonly at: number
}

/** Which workspaces have ended hosts by what was asked of them or is in them, and what follows of it. */
export class Suspicions {
  readonly #now: () => number
  /** By workspace, the one of the oldest death first. */
  readonly #all = new Map<string, Suspicion>()

  /** @param now a clock that never goes back, in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Holds the end of a host against the workspace. */
  blame({ workspace, stage, document }: Work): void {
    const key = workspaceKey(workspace)
    const before = this.#of(workspace)
    this.#all.delete(key)
    this.#all.set(key, {
      workspace,
      deaths: (before?.deaths ?? 0) + (document === undefined ? 1 : DOCUMENT_SHARE),
      isOpenedBare: (before?.isOpenedBare ?? false) || stage === OPENING,
      at: this.#now(),
    })
    for (const oldest of this.#all.keys()) {
      if (this.#all.size <= MOST) break
      this.#all.delete(oldest)
    }
  }

  /** Whether the workspace has to run in a host that nobody else is in. */
  isQuarantined(workspace: string): boolean {
    return isQuarantined(this.#of(workspace))
  }

  /** Whether it has to be opened without the files that can be made again. */
  isOpenedBare(workspace: string): boolean {
    return this.#of(workspace)?.isOpenedBare ?? false
  }

  /** How long it has to wait for its next host, in milliseconds. */
  waitMs(workspace: string): number {
    const suspicion = this.#of(workspace)
    if (suspicion === undefined) return 0
    const again = Math.ceil(suspicion.deaths - DEATHS_BEFORE_QUARANTINE)
    if (again <= 0) return 0
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (again - 1), LONGEST_WAIT_MS)
    return Math.max(0, suspicion.at + wait - this.#now())
  }

  /** All that are in quarantine. */
  quarantined(): string[] {
    return [...this.#all.values()]
      .map(({ workspace }) => workspace)
      .filter((workspace) => this.isQuarantined(workspace))
  }

  /** Holds nothing against the workspace any more; false where it was in no quarantine. */
  free(workspace: string): boolean {
    const wasThere = this.isQuarantined(workspace)
    if (wasThere) this.#all.delete(workspaceKey(workspace))
    return wasThere
  }

  #of(workspace: string): Suspicion | undefined {
    const key = workspaceKey(workspace)
    const suspicion = this.#all.get(key)
    if (suspicion === undefined || this.#now() - suspicion.at < FORGOTTEN_MS) return suspicion
    this.#all.delete(key)
    return undefined
  }
}

function isQuarantined(suspicion: Suspicion | undefined): boolean {
  return suspicion !== undefined && suspicion.deaths >= DEATHS_BEFORE_QUARANTINE
}

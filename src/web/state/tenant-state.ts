import { fromQuery, LONGEST_QUERY, toQuery } from './view-codec.ts'
import { isRecord, readView, type ViewPatch, type ViewState } from './view-state.ts'

/** What keeps texts by name for one tab; `sessionStorage` is one. */
export interface KeyedTexts {
  getItem(key: string): string | null
  /** May throw where there is no room. */
  setItem(key: string, text: string): void
}

export type WriteMode = 'push' | 'replace'

export interface StatePorts {
  readonly kept: KeyedTexts
  readonly address: {
    /** The query as it stands, with its question mark or empty. */
    query(): string
    write(query: string, mode: WriteMode): void
  }
  /** Runs something later; the answer calls it off. */
  readonly after: (ms: number, run: () => void) => () => void
  /** Told once of what an address said in vain. */
  readonly onDropped?: (names: readonly string[]) => void
  /** Told once when there is no room to keep a view. */
  readonly onFull?: () => void
  /** Aborts what is under way for a tenant, and forgets what came from it. */
  readonly leave?: (tenantId: string) => void
}

export interface SyncOptions {
  readonly mode: WriteMode
  /** Written after a pause; all that is typed in one go is one step of the history. */
  readonly typing?: boolean
}

const SAVE_AFTER_MS = 150
const TYPED_AFTER_MS = 300
const MOST_KEPT = 4096
const VERSION = 1
/** In place of a knowledge base that nobody has chosen yet. */
const NONE = ''
/** Whose knowledge base a page begins with that has none of its own. */
const ANY_ROUTE = 'any'

/** What one page remembers in one tenant: a view for each knowledge base. */
interface RouteMemory {
  currentKB: string | undefined
  readonly kbs: Map<string, ViewState>
}

/**
 * What each page looks like in each tenant and knowledge base, kept for the tab.
 *
 * For each field an address goes before what is remembered, and that before the default. The id of a
 * tenant is part of a key of the storage, and of nothing else: no address ever names it.
 */
export class TenantState {
  readonly #ports: StatePorts
  readonly #defaults: Readonly<Record<string, ViewState>>
  readonly #memory = new Map<string, RouteMemory>()
  readonly #unsaved = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #tenantId: string | undefined
  #cancelSave: (() => void) | undefined
  #cancelSync: (() => void) | undefined
  #isTyping = false
  #wasFull = false

  constructor(ports: StatePorts, defaults: Readonly<Record<string, ViewState>> = {}) {
    this.#ports = ports
    this.#defaults = defaults
  }

  /** The tenant that this tab works in. */
  get tenantId(): string | undefined {
    return this.#tenantId
  }

  getState(tenantId: string, route: string): ViewState {
    const { currentKB, kbs } = this.#of(tenantId, route)
    const kb = currentKB ?? this.#of(tenantId, ANY_ROUTE).currentKB
    const own = kbs.get(kb ?? NONE) ?? (currentKB === undefined ? kbs.get(NONE) : undefined)
    return { ...this.#defaults[route], ...own, ...(kb === undefined ? {} : { currentKB: kb }) }
  }

  /** In memory at once, on the tab's storage soon. Another filter or order begins at the first page. */
  setState(tenantId: string, route: string, patch: ViewPatch): void {
    const begins = 'filters' in patch || 'sort' in patch || 'pageSize' in patch
    const first = begins && !('page' in patch) ? { page: undefined, cursor: undefined } : {}
    this.#apply(tenantId, route, (before) => ({ ...before, ...first, ...patch }), patch.currentKB)
  }

  /** The fields that the address names; those in vain are told of. */
  hydrateFromURL(route: string): ViewState {
    const { view, dropped } = fromQuery(this.#ports.address.query())
    if (dropped.length > 0) this.#ports.onDropped?.(dropped)
    if (this.#tenantId !== undefined && Object.keys(view).length > 0) {
      this.#apply(this.#tenantId, route, (before) => ({ ...before, ...view }), view.currentKB)
    }
    return view
  }

  /** The view that an address of our own stands for, as on Back: what it leaves out is at its default. */
  restoreFromURL(route: string): void {
    const { view } = fromQuery(this.#ports.address.query())
    this.#isTyping = false
    if (this.#tenantId !== undefined) this.#apply(this.#tenantId, route, () => view, view.currentKB)
  }

  /** Writes the view of a page into the address. */
  syncToURL(route: string, { mode, typing = false }: SyncOptions): void {
    this.#cancelSync?.()
    this.#cancelSync = undefined
    if (!typing) {
      this.#isTyping = false
      this.#write(route, mode)
      return
    }
    this.#cancelSync = this.#ports.after(TYPED_AFTER_MS, () => {
      this.#write(route, this.#isTyping ? 'replace' : 'push')
      this.#isTyping = true
    })
  }

  /** Saves the old tenant's views, leaves it, and shows how the page looks in the next: one push. */
  onTenantSwitch(old: string | undefined, next: string, route: string): void {
    this.flush()
    this.#cancelSync?.()
    this.#cancelSync = undefined
    this.#isTyping = false
    if (old !== undefined) this.#ports.leave?.(old)
    this.#tenantId = next
    for (const listener of this.#listeners) listener()
    this.#write(route, 'push')
  }

  /** The tenant of a tab that opens: what its address says holds there. */
  begin(tenantId: string): void {
    this.#tenantId = tenantId
    for (const listener of this.#listeners) listener()
  }

  /** Whether the address of a page is too long to hand on. */
  isLong(route: string): boolean {
    return this.#queryOf(route).length > LONGEST_QUERY
  }

  /** Puts all that is not yet kept into the storage. */
  flush(): void {
    this.#cancelSave?.()
    this.#cancelSave = undefined
    for (const key of this.#unsaved) {
      const memory = this.#memory.get(key)
      if (memory !== undefined) this.#keep(key, memory)
    }
    this.#unsaved.clear()
  }

  /** Forgets every view, as on signing out; what the storage holds is the caller's to remove. */
  forget(): void {
    this.#cancelSave?.()
    this.#cancelSave = undefined
    this.#cancelSync?.()
    this.#memory.clear()
    this.#unsaved.clear()
    this.#tenantId = undefined
  }

  /** @returns ends it */
  /** Bound, so that who subscribes at each drawing subscribes once. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #apply(
    tenantId: string,
    route: string,
    change: (before: ViewState) => ViewPatch,
    currentKB: string | undefined,
  ): void {
    const memory = this.#of(tenantId, route)
    if (currentKB !== undefined) {
      memory.currentKB = currentKB
      this.#of(tenantId, ANY_ROUTE).currentKB = currentKB
      this.#unsaved.add(keyOf(tenantId, ANY_ROUTE))
    }
    const kb = memory.currentKB ?? this.#of(tenantId, ANY_ROUTE).currentKB ?? NONE
    const before = memory.kbs.get(kb) ?? {}
    const { currentKB: _, ...view } = withoutUndefined(change(before))
    // At the end: the views that were changed last are kept longest.
    memory.kbs.delete(kb)
    memory.kbs.set(kb, view)
    this.#unsaved.add(keyOf(tenantId, route))
    this.#cancelSave ??= this.#ports.after(SAVE_AFTER_MS, () => this.flush())
    for (const listener of this.#listeners) listener()
  }

  #queryOf(route: string): string {
    if (this.#tenantId === undefined) return ''
    return toQuery(this.getState(this.#tenantId, route), this.#defaults[route])
  }

  #write(route: string, mode: WriteMode): void {
    const query = this.#queryOf(route)
    // A step of the history that changes nothing would make Back do nothing.
    if (mode === 'push' && query === this.#ports.address.query()) return
    this.#ports.address.write(query, mode)
  }

  #of(tenantId: string, route: string): RouteMemory {
    const key = keyOf(tenantId, route)
    const known = this.#memory.get(key)
    if (known !== undefined) return known
    const memory = readMemory(this.#ports.kept.getItem(key))
    this.#memory.set(key, memory)
    return memory
  }

  #keep(key: string, memory: RouteMemory): void {
    try {
      this.#ports.kept.setItem(key, written(memory))
    } catch {
      if (!this.#wasFull) this.#ports.onFull?.()
      this.#wasFull = true
    }
  }
}

/** Percent-encoded: no id can end early and look like another's route. */
function keyOf(tenantId: string, route: string): string {
  return `lightrag:tenant:${encodeURIComponent(tenantId)}:route:${encodeURIComponent(route)}`
}

/** As text of 4 KiB at most: the views that were left longest ago go first. */
function written({ currentKB, kbs }: RouteMemory): string {
  const entries = [...kbs]
  for (;;) {
    const text = JSON.stringify({ v: VERSION, currentKB, kbs: Object.fromEntries(entries) })
    if (text.length <= MOST_KEPT || entries.length === 0) return text
    entries.shift()
  }
}

function readMemory(text: string | null): RouteMemory {
  const memory: RouteMemory = { currentKB: undefined, kbs: new Map() }
  const value = parsed(text)
  if (!isRecord(value) || value.v !== VERSION) return memory
  memory.currentKB = readView({ currentKB: value.currentKB }).view.currentKB
  for (const [kb, view] of isRecord(value.kbs) ? Object.entries(value.kbs) : []) {
    memory.kbs.set(kb, readView(view).view)
  }
  return memory
}

function parsed(text: string | null): unknown {
  if (text === null || text.length > 2 * MOST_KEPT) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function withoutUndefined(patch: ViewPatch): ViewState {
  return Object.fromEntries(
    Object.entries(patch).filter(([, value]) => value !== undefined),
  ) as ViewState
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type StatePorts,
  TenantState,
  type WriteMode,
} from '../../../src/web/state/tenant-state.ts'
import { aView } from './a-view.ts'

class KeptTexts extends Map<string, string> {
  isFull = false
  getItem(key: string): string | null {
    return this.get(key) ?? null
  }
  setItem(key: string, text: string): void {
    if (this.isFull) throw new Error('QuotaExceededError')
    this.set(key, text)
  }
}

/** A tab without a browser: its storage, its address with its history, its clock. */
class Tab {
  readonly kept: KeptTexts
  readonly history: string[]
  readonly left: string[] = []
  readonly dropped: string[][] = []
  full = 0
  #waiting: { at: number; run: () => void }[] = []
  #now = 0

  constructor(query = '', kept = new KeptTexts()) {
    this.kept = kept
    this.history = [query]
  }

  get query(): string {
    return this.history.at(-1) ?? ''
  }

  state(defaults = {}): TenantState {
    const ports: StatePorts = {
      kept: this.kept,
      address: {
        query: () => this.query,
        write: (query: string, mode: WriteMode) => {
          if (mode === 'push') this.history.push(query)
          else this.history[this.history.length - 1] = query
        },
      },
      after: (ms, run) => {
        const timer = { at: this.#now + ms, run }
        this.#waiting.push(timer)
        return () => {
          this.#waiting = this.#waiting.filter((one) => one !== timer)
        }
      },
      onDropped: (names) => this.dropped.push([...names]),
      onFull: () => {
        this.full += 1
      },
      leave: (tenant) => this.left.push(tenant),
    }
    return new TenantState(ports, defaults)
  }

  wait(ms: number): void {
    this.#now += ms
    const due = this.#waiting.filter(({ at }) => at <= this.#now)
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now)
    for (const { run } of due) run()
  }
}

const DEFAULTS = { documents: { pageSize: 50 } }

describe('the state of a tenant', () => {
  it('is the default until something is set, and then what was set', () => {
    const state = new Tab().state(DEFAULTS)
    expect(state.getState('a', 'documents')).toEqual({ pageSize: 50 })
    state.setState('a', 'documents', { page: 3 })
    expect(state.getState('a', 'documents')).toEqual({ pageSize: 50, page: 3 })
    state.setState('a', 'documents', { page: undefined })
    expect(state.getState('a', 'documents')).toEqual({ pageSize: 50 })
  })

  it('is its own for each tenant, page and knowledge base, whatever their ids', () => {
    const id = fc.oneof(
      fc.string({ minLength: 1, maxLength: 20 }),
      fc.constantFrom('a', 'a:route:documents', 'a%3Aroute', 'a:route:documents:x', '%', ':'),
    )
    fc.assert(
      fc.property(
        fc.uniqueArray(id, { minLength: 2, maxLength: 2 }),
        aView,
        aView,
        (ids, one, other) => {
          const [a = '', b = ''] = ids
          const tab = new Tab()
          const state = tab.state()
          state.setState(a, 'documents', one)
          state.setState(b, 'documents', other)
          state.flush()
          for (const reader of [state, tab.state()]) {
            expect(reader.getState(a, 'documents')).toEqual(one)
            expect(reader.getState(b, 'documents')).toEqual(other)
          }
        },
      ),
    )
  })

  it('keeps page and filter of each knowledge base', () => {
    const state = new Tab().state()
    state.setState('a', 'documents', { currentKB: 'one', page: 3, filters: { status: ['failed'] } })
    state.setState('a', 'documents', { currentKB: 'two' })
    expect(state.getState('a', 'documents')).toEqual({ currentKB: 'two' })
    state.setState('a', 'documents', { page: 7 })
    state.setState('a', 'documents', { currentKB: 'one' })
    expect(state.getState('a', 'documents')).toMatchObject({
      page: 3,
      filters: { status: ['failed'] },
    })
    state.setState('a', 'documents', { currentKB: 'two' })
    expect(state.getState('a', 'documents')).toEqual({ currentKB: 'two', page: 7 })
  })

  it('begins a page in the knowledge base that was chosen last, and then keeps its own', () => {
    const state = new Tab().state()
    state.setState('a', 'documents', { currentKB: 'one' })
    expect(state.getState('a', 'ask').currentKB).toBe('one')
    state.setState('a', 'ask', { currentKB: 'two' })
    expect(state.getState('a', 'documents').currentKB).toBe('one')
    expect(state.getState('b', 'ask').currentKB).toBeUndefined()
  })

  it('begins at the first page when filter, order or size change', () => {
    const state = new Tab().state()
    for (const patch of [
      { filters: { status: ['failed'] } },
      { sort: { field: 'id', direction: 'asc' as const } },
      { pageSize: 100 },
    ]) {
      state.setState('a', 'documents', { page: 3, cursor: 'c' })
      state.setState('a', 'documents', patch)
      expect(state.getState('a', 'documents')).not.toHaveProperty('page')
      expect(state.getState('a', 'documents')).not.toHaveProperty('cursor')
    }
  })
})

describe('what is kept for the tab', () => {
  it('is written soon after a change, under a key that names tenant and page', () => {
    const tab = new Tab()
    tab.state().setState('a:b', 'documents', { page: 3 })
    expect(tab.kept.size).toBe(0)
    tab.wait(150)
    expect([...tab.kept.keys()]).toEqual(['lightrag:tenant:a%3Ab:route:documents'])
  })

  it('never grows beyond 4 KiB a page, and keeps what was used last', () => {
    const tab = new Tab()
    const state = tab.state()
    const tags = Array.from({ length: 40 }, (_, i) => `a tag of some length ${i}`)
    for (let i = 0; i < 20; i++) {
      state.setState('a', 'documents', {
        currentKB: `kb-${i}`,
        page: i + 1,
        filters: { tag: tags },
      })
    }
    state.flush()
    const text = tab.kept.get('lightrag:tenant:a:route:documents') ?? ''
    expect(text.length).toBeLessThanOrEqual(4096)
    expect(tab.state().getState('a', 'documents')).toMatchObject({ currentKB: 'kb-19' })
    expect(tab.state().getState('a', 'documents').filters?.tag).toHaveLength(40)
  })

  it('stays in memory when there is no room, which is told once', () => {
    const tab = new Tab()
    tab.kept.isFull = true
    const state = tab.state()
    for (const page of [2, 3]) {
      state.setState('a', 'documents', { page })
      state.flush()
    }
    expect(state.getState('a', 'documents').page).toBe(3)
    expect(tab.full).toBe(1)
  })

  it.each([
    '',
    'null',
    '[]',
    '{"v":9,"kbs":{"":{"page":2}}}',
    '{"v":1,"kbs":{"":{"page":"x"}}}',
    'x'.repeat(9000),
  ])('is passed over where it is no view: %.40s', (text) => {
    const tab = new Tab()
    tab.kept.set('lightrag:tenant:a:route:documents', text)
    expect(tab.state().getState('a', 'documents')).toEqual({})
  })
})

describe('the address', () => {
  it('goes before what is kept, field by field', () => {
    const kept = new KeptTexts()
    const before = new Tab('', kept).state()
    before.setState('a', 'documents', { page: 9, filters: { status: ['failed'] } })
    before.flush()
    const tab = new Tab('?page=2', kept)
    const state = tab.state(DEFAULTS)
    state.begin('a')
    state.hydrateFromURL('documents')
    expect(state.getState('a', 'documents')).toEqual({
      page: 2,
      filters: { status: ['failed'] },
      pageSize: 50,
    })
    state.syncToURL('documents', { mode: 'replace' })
    expect(tab.history).toEqual(['?filters=status:failed&page=2'])
  })

  it('means the same view in every tenant', () => {
    const tab = new Tab('?page=2&filters=tag:x')
    for (const tenant of ['a', 'b']) {
      const state = tab.state()
      state.begin(tenant)
      state.hydrateFromURL('documents')
      expect(state.getState(tenant, 'documents')).toEqual({ page: 2, filters: { tag: ['x'] } })
    }
  })

  it('tells once of what is malformed', () => {
    const tab = new Tab('?page=x&tenant=acme')
    const state = tab.state()
    state.begin('a')
    state.hydrateFromURL('documents')
    expect(tab.dropped).toEqual([['tenant', 'page']])
  })

  it('has a step for each page, and one for all that is typed in one go', () => {
    const tab = new Tab()
    const state = tab.state()
    state.begin('a')
    for (let i = 1; i <= 20; i++) {
      state.setState('a', 'documents', { filters: { q: ['x'.repeat(i)] } })
      state.syncToURL('documents', { mode: 'replace', typing: true })
      tab.wait(i % 5 === 0 ? 300 : 40)
    }
    expect(tab.history).toEqual(['', `?filters=q:${'x'.repeat(20)}`])
    for (const page of [2, 3, 4]) {
      state.setState('a', 'documents', { page })
      state.syncToURL('documents', { mode: 'push' })
    }
    expect(tab.history).toHaveLength(5)
  })

  it('makes no step that changes nothing', () => {
    const tab = new Tab('?page=2')
    const state = tab.state()
    state.begin('a')
    state.hydrateFromURL('documents')
    state.syncToURL('documents', { mode: 'push' })
    expect(tab.history).toEqual(['?page=2'])
  })

  it('is followed back: what it leaves out is at its default again', () => {
    const tab = new Tab()
    const state = tab.state(DEFAULTS)
    state.begin('a')
    state.setState('a', 'documents', { page: 3 })
    state.syncToURL('documents', { mode: 'push' })
    tab.history.pop()
    state.restoreFromURL('documents')
    expect(state.getState('a', 'documents')).toEqual({ pageSize: 50 })
  })

  it('never names the tenant', () => {
    const id = fc.stringMatching(/^tenant-[a-z0-9]{6,12}$/)
    fc.assert(
      fc.property(id, aView, aView, (tenant, one, other) => {
        const tab = new Tab()
        const state = tab.state()
        state.begin(tenant)
        state.setState(tenant, 'documents', one)
        state.syncToURL('documents', { mode: 'push' })
        state.onTenantSwitch(tenant, `${tenant}-next`, 'documents')
        state.setState(`${tenant}-next`, 'documents', other)
        state.syncToURL('documents', { mode: 'push' })
        expect(tab.history.join()).not.toContain(tenant)
      }),
    )
  })
})

describe('switching the tenant', () => {
  it('saves, leaves and restores, in one step of the history', () => {
    const tab = new Tab()
    const state = tab.state(DEFAULTS)
    state.begin('a')
    state.setState('a', 'documents', { page: 3, filters: { status: ['failed'] } })
    state.syncToURL('documents', { mode: 'push' })
    state.onTenantSwitch('a', 'b', 'documents')
    expect(tab.left).toEqual(['a'])
    expect(tab.kept.has('lightrag:tenant:a:route:documents')).toBe(true)
    expect(tab.query).toBe('')
    expect(state.getState('b', 'documents')).toEqual({ pageSize: 50 })
    state.onTenantSwitch('b', 'a', 'documents')
    expect(tab.history).toEqual([
      '',
      '?filters=status:failed&page=3',
      '',
      '?filters=status:failed&page=3',
    ])
  })

  it('writes nothing of the old tenant afterwards', () => {
    const tab = new Tab()
    const state = tab.state()
    state.begin('a')
    state.setState('a', 'documents', { filters: { q: ['secret'] } })
    state.syncToURL('documents', { mode: 'replace', typing: true })
    state.onTenantSwitch('a', 'b', 'documents')
    tab.wait(1000)
    expect(tab.history.join()).not.toContain('secret')
  })
})

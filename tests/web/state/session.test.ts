import { describe, expect, it } from 'vitest'
import { SessionStore, type TabChannel } from '../../../src/web/state/session.ts'

class Storage {
  readonly kept = new Map<string, string>()
  getItem = (key: string) => this.kept.get(key) ?? null
  setItem = (key: string, text: string) => void this.kept.set(key, text)
  removeItem = (key: string) => void this.kept.delete(key)
  key = (index: number) => [...this.kept.keys()][index] ?? null
  get length() {
    return this.kept.size
  }
}

/** Tabs that hear one another, as a `BroadcastChannel` has it. */
class Air {
  readonly #ends: ((data: unknown) => void)[] = []
  join(): TabChannel {
    let own: ((data: unknown) => void) | undefined
    return {
      listen: (hear) => {
        own = hear
        this.#ends.push(hear)
      },
      postMessage: (data) => {
        for (const other of this.#ends) if (other !== own) other(data)
      },
    }
  }
}

const ANN = { account: 'ann', credential: { kind: 'token', token: 't1' } } as const

describe('the session of a tab', () => {
  it('outlives a reload of the tab', () => {
    const storage = new Storage()
    new SessionStore(storage, new Air().join()).signIn(ANN)
    const after = new SessionStore(storage, new Air().join())
    expect(after.get()).toEqual({ phase: 'signed-in', session: ANN })
    expect(after.credential).toEqual(ANN.credential)
  })

  it('is told to a tab that opens', () => {
    const air = new Air()
    new SessionStore(new Storage(), air.join()).signIn(ANN)
    expect(new SessionStore(new Storage(), air.join()).get()).toEqual({
      phase: 'signed-in',
      session: ANN,
    })
  })

  it('ends in all tabs when it is ended in one, and leaves nothing', () => {
    const air = new Air()
    const storages = [new Storage(), new Storage()]
    const [one, other] = storages.map((storage) => new SessionStore(storage, air.join()))
    one?.signIn(ANN)
    other?.signIn(ANN)
    let told = 0
    if (other) other.onSignOut = () => (told += 1)
    for (const storage of storages) storage.setItem('lightrag:tenant:a:route:documents', '{}')
    one?.signOut()
    for (const store of [one, other])
      expect(store?.get()).toEqual({ phase: 'signed-out', ended: false })
    expect(storages.map(({ length }) => length)).toEqual([0, 0])
    expect(told).toBe(1)
  })

  it('that the server ends leaves the views of the tab as they were', () => {
    const storage = new Storage()
    const store = new SessionStore(storage, new Air().join())
    store.signIn(ANN)
    storage.setItem('lightrag:tenant:a:route:documents', '{}')
    store.expire()
    expect(store.get()).toEqual({ phase: 'signed-out', ended: true })
    expect([...storage.kept.keys()]).toEqual(['lightrag:tenant:a:route:documents'])
  })

  it('takes a new token in the place of the old', () => {
    const storage = new Storage()
    const store = new SessionStore(storage, new Air().join())
    store.signIn(ANN)
    store.renew('t2')
    expect(new SessionStore(storage, new Air().join()).credential).toEqual({
      kind: 'token',
      token: 't2',
    })
  })

  it.each(['', '{', 'null', '{"account":1}', '{"account":"a","credential":{"kind":"token"}}'])(
    'is none where %j was kept',
    (text) => {
      const storage = new Storage()
      storage.setItem('lightrag:session', text)
      expect(new SessionStore(storage, new Air().join()).get().phase).toBe('starting')
    },
  )
})

import type { Conversation } from '../../data/ask-types.ts'

const DATABASE = 'lightrag-conversations'
const STORE = 'conversations'
const MOST = 500

/** Conversations in this browser, apart by account, tenant and knowledge base. */
export class ConversationStore {
  readonly #scope: string
  #opened: Promise<IDBDatabase> | undefined

  constructor(account: string, tenantId: string, kb: string) {
    this.#scope = JSON.stringify([account, tenantId, kb])
  }

  get scope(): string {
    return this.#scope
  }

  /** Pinned ones first, then those that were changed last. */
  async list(): Promise<Conversation[]> {
    const store = await this.#store('readonly')
    const all = await answerOf(store.index('scope').getAll(this.#scope, MOST))
    return (all as Conversation[]).sort(
      (one, other) =>
        Number(other.isPinned) - Number(one.isPinned) || (one.changedAt < other.changedAt ? 1 : -1),
    )
  }

  async save(conversation: Conversation): Promise<void> {
    await answerOf((await this.#store('readwrite')).put({ ...conversation, scope: this.#scope }))
  }

  async remove(id: string): Promise<void> {
    await answerOf((await this.#store('readwrite')).delete(id))
  }

  async #store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#opened ??= open()
    const database = await this.#opened
    return database.transaction(STORE, mode).objectStore(STORE)
  }
}

/** All of every account; for computers that others use as well. */
export async function forgetConversations(): Promise<void> {
  await answerOf(indexedDB.deleteDatabase(DATABASE))
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(STORE, { keyPath: 'id' })
    store.createIndex('scope', 'scope')
  }
  const database = await answerOf(request)
  // Somebody signs out in another tab and has all of it deleted.
  database.onversionchange = () => database.close()
  return database
}

function answerOf<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The database of the browser failed'))
  })
}

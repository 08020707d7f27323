import { isRecord } from './view-state.ts'

interface Texts {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
}

const TAB_KEY = 'lightrag:tab'
const LAST_KEY = 'lightrag:last-tenant:'

/** Which tenant this tab works in, and which one an account worked in last on this computer. */
export class TabTenant {
  readonly #tab: Texts
  readonly #computer: Texts

  constructor(tab: Texts, computer: Texts) {
    this.#tab = tab
    this.#computer = computer
  }

  /** Of this tab, if it was this account that chose it. */
  chosen(account: string): string | undefined {
    try {
      const kept: unknown = JSON.parse(this.#tab.getItem(TAB_KEY) ?? 'null')
      if (!isRecord(kept) || kept.account !== account) return undefined
      return typeof kept.tenantId === 'string' ? kept.tenantId : undefined
    } catch {
      return undefined
    }
  }

  choose(account: string, tenantId: string): void {
    this.#tab.setItem(TAB_KEY, JSON.stringify({ account, tenantId }))
    try {
      this.#computer.setItem(LAST_KEY + encodeURIComponent(account), tenantId)
    } catch {
      // A hint that cannot be kept is none.
    }
  }

  /** Back to the choice. */
  leave(): void {
    this.#tab.removeItem(TAB_KEY)
  }

  last(account: string): string | undefined {
    return this.#computer.getItem(LAST_KEY + encodeURIComponent(account)) ?? undefined
  }
}

import { isRecord } from './view-state.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** How the pages look and read on this computer. */
export interface Appearance {
  readonly theme: Theme
  /** Undefined: as the browser asks for. */
  readonly language: string | undefined
}

const KEY = 'lightrag:appearance'
const PLAIN: Appearance = { theme: 'system', language: undefined }

export class AppearanceStore {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly #listeners = new Set<() => void>()
  #value: Appearance

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage
    this.#value = read(storage.getItem(KEY))
  }

  get = (): Appearance => this.#value

  /** @returns ends it */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  change(change: Partial<Appearance>): void {
    this.#value = { ...this.#value, ...change }
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.#value))
    } catch {
      // It holds for this tab.
    }
    for (const listener of this.#listeners) listener()
  }
}

function read(text: string | null): Appearance {
  try {
    const kept: unknown = JSON.parse(text ?? 'null')
    if (!isRecord(kept)) return PLAIN
    const theme = THEMES.find((one) => one === kept.theme) ?? 'system'
    return { theme, language: typeof kept.language === 'string' ? kept.language : undefined }
  } catch {
    return PLAIN
  }
}

import { MODES, type Mode } from '../../data/ask-types.ts'
import type { UiValue } from '../../state/view-state.ts'

/** How a question is asked, beyond its words; what is undefined is left to the server. */
export interface AskSettings {
  readonly mode: Mode
  readonly top_k?: number
  readonly chunk_top_k?: number
  readonly max_entity_tokens?: number
  readonly max_relation_tokens?: number
  readonly max_total_tokens?: number
  readonly enable_rerank?: boolean
  readonly response_type?: string
  readonly user_prompt?: string
  /** Apart by commas, as are the next two. */
  readonly hl_keywords?: string
  readonly ll_keywords?: string
  readonly tags?: string
}

export const PRESETS = {
  fast: { mode: 'naive', chunk_top_k: 6 },
  balanced: { mode: 'mix' },
  thorough: { mode: 'mix', top_k: 80, chunk_top_k: 40, max_total_tokens: 60_000 },
} as const satisfies Record<string, AskSettings>
export type Preset = keyof typeof PRESETS

export const NUMBERS = {
  top_k: 1000,
  chunk_top_k: 1000,
  max_entity_tokens: 1_000_000,
  max_relation_tokens: 1_000_000,
  max_total_tokens: 1_000_000,
} as const
export const LINES = ['response_type', 'hl_keywords', 'll_keywords', 'tags', 'user_prompt'] as const

/** The settings that a view remembers. */
export function settingsOf(ui: Readonly<Record<string, UiValue>> = {}): AskSettings {
  const numbers = Object.entries(NUMBERS).flatMap(([name, most]) => {
    const value = ui[name]
    const isGood =
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most
    return isGood ? [[name, value] as const] : []
  })
  const lines = LINES.flatMap((name) => {
    const value = ui[name]
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
  })
  return {
    mode: MODES.find((one) => one === ui.mode) ?? 'mix',
    ...(typeof ui.enable_rerank === 'boolean' ? { enable_rerank: ui.enable_rerank } : {}),
    ...Object.fromEntries(numbers),
    ...Object.fromEntries(lines),
  }
}

/** Which preset the settings are; undefined where somebody has chosen for themselves. */
export function presetOf(settings: AskSettings): Preset | undefined {
  const written = JSON.stringify(Object.entries(settings).sort())
  const names = Object.keys(PRESETS) as Preset[]
  return names.find((name) => JSON.stringify(Object.entries(PRESETS[name]).sort()) === written)
}

const PREFIX = /^\/(mix|hybrid|local|global|naive|bypass)\s+/

/** The question as it is sent; `/local …` at its beginning chooses the mode, as in LightRAG. */
export function askedBody(
  question: string,
  settings: AskSettings,
  history: readonly { readonly role: 'user' | 'assistant'; readonly content: string }[],
  maySeePassages: boolean,
) {
  const prefix = PREFIX.exec(question)
  const { mode: chosen, tags, hl_keywords: high, ll_keywords: low, ...rest } = settings
  const mode = MODES.find((one) => one === prefix?.[1]) ?? chosen
  return {
    query: prefix === null ? question : question.slice(prefix[0].length),
    mode,
    ...rest,
    ...(high === undefined ? {} : { hl_keywords: listed(high) }),
    ...(low === undefined ? {} : { ll_keywords: listed(low) }),
    ...(tags === undefined ? {} : { filters: { tags: listed(tags) } }),
    conversation_history: history,
    include_references: true,
    include_chunk_content: maySeePassages,
    stream: true,
  }
}

function listed(text: string): string[] {
  const words = text.split(',').map((one) => one.trim())
  return words.filter((one) => one !== '')
}

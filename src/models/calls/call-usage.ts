import type { CallOptions, Lane, TokenUsage } from '../../engine/ports/models.ts'

/** Tokens of one answered request; a call that was repeated reports each answer it paid for. */
export interface UsageRecord extends TokenUsage {
  /** For whom the call was made, where the caller said so. */
  readonly workspace?: string | undefined
  readonly model: string
  readonly lane: Lane
}

/** Call options that say for whom: adapters are shared by all workspaces and know none. */
export interface MeteredCallOptions extends CallOptions {
  readonly workspace?: string | undefined
}

/** Where token counts go. It must not throw. */
export interface UsageMeter {
  readonly onUsage?: ((record: UsageRecord) => void) | undefined
}

export function reportUsage(
  meter: UsageMeter,
  model: string,
  options: MeteredCallOptions,
  usage: { promptTokens: number | undefined; completionTokens: number | undefined },
): TokenUsage {
  const counted = {
    promptTokens: countOf(usage.promptTokens),
    completionTokens: countOf(usage.completionTokens),
  }
  meter.onUsage?.({ workspace: options.workspace, model, lane: options.lane, ...counted })
  return counted
}

/** No call takes so many; a count beyond it is none, and would spoil every sum. */
const MOST_TOKENS = 1e9

/** Providers leave counts out, and the AI SDK then has NaN. */
function countOf(tokens: number | undefined): number {
  const isCount = tokens !== undefined && tokens > 0 && tokens <= MOST_TOKENS
  return isCount ? Math.floor(tokens) : 0
}

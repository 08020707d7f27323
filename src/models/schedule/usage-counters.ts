import type { ModelUsage } from '../../engine/rag.ts'
import type { UsageRecord } from '../calls/call-usage.ts'

/** What each workspace has used of each model since the start of the process. */
export class UsageCounters {
  readonly #counts = new Map<string, Map<string, ModelUsage>>()

  readonly record = ({ workspace = '', model, ...usage }: UsageRecord): void => {
    const models = this.#counts.get(workspace) ?? new Map<string, ModelUsage>()
    this.#counts.set(workspace, models)
    const sum = models.get(model)
    models.set(model, {
      calls: (sum?.calls ?? 0) + 1,
      prompt_tokens: (sum?.prompt_tokens ?? 0) + usage.promptTokens,
      completion_tokens: (sum?.completion_tokens ?? 0) + usage.completionTokens,
    })
  }

  /** Call this when a workspace is deleted: another may get its name. */
  forget(workspace: string): void {
    this.#counts.delete(workspace)
  }

  /** By the ids of the models. */
  of(workspace: string): Record<string, ModelUsage> {
    return Object.fromEntries(this.#counts.get(workspace) ?? [])
  }
}

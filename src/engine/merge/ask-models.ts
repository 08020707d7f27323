import type { CallOptions } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'

/** How models are asked for what a change needs. */
export interface AskOptions extends CallOptions {
  /** Whether the change is made even while a model is out, as a removal is. */
  readonly mayLeavePending: boolean
}

export interface ChangeParts {
  readonly store: Store
  readonly settings: EngineSettings
  /** Vectors by text; those that are missing stay pending. */
  readonly embed: (
    texts: readonly string[],
    options: AskOptions,
  ) => Promise<ReadonlyMap<string, Float32Array>>
  /** Makes one text of an item's descriptions. */
  readonly describe: (
    subject: { kind: 'entity' | 'relation'; name: string },
    descriptions: readonly string[],
    options: AskOptions,
  ) => Promise<string>
}

import type { EngineSettings } from '../engine/ports/settings.ts'
import type { WorkspaceWording } from '../workspaces/workspace-wording.ts'
import type { Config } from './config.ts'

/** What a workspace has of its own, in place of what the server has for all; plain data. */
export interface OwnSettings {
  readonly settings: EngineSettings
  readonly wording: WorkspaceWording
  /** What of the configuration is another for its models. */
  readonly models: Partial<Config>
  /** Whose it is, for each line of the log that is about it. */
  readonly owner?: { readonly tenant_id: string; readonly kb_id: string } | undefined
}

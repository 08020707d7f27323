import { TenancyError } from './tenancy-error.ts'

const SHAPE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/

/** Names that Windows reserves for devices: a folder of that name cannot be made or moved there. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i

/** JSON Schema pattern of a workspace name, for schemas that name one. Devices are not covered. */
export const WORKSPACE_PATTERN = SHAPE.source

export function isWorkspaceName(text: string): boolean {
  return SHAPE.test(text) && !DEVICE.test(text)
}

/**
 * Returns `text` unchanged when it is a legal workspace name.
 *
 * @throws {TenancyError} `invalid_workspace`. Names are refused, never rewritten: rewriting would
 * let two different names end in one folder.
 */
export function parseWorkspaceName(text: string): string {
  if (isWorkspaceName(text)) return text
  throw new TenancyError(
    'invalid_workspace',
    'A workspace name has 1 to 128 letters, digits, "_" or "-", starts with a letter or digit, ' +
      'and is no device name',
  )
}

/** Two names with one key are one folder on a file system that ignores case. */
export function workspaceKey(name: string): string {
  return name.toLowerCase()
}

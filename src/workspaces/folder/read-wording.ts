import { readFile } from 'node:fs/promises'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { asStorageError } from '../../engine/ports/file-system-errors.ts'
import { hasCode } from '../../files/file-errors.ts'
import type { WorkspaceWording } from '../workspace-wording.ts'

const Line = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\n]*$' })

const validator = Compile(
  Type.Object(
    {
      entity_types: Type.Optional(Type.Array(Line, { minItems: 1, maxItems: 200 })),
      language: Type.Optional(Line),
      extraction_rules: Type.Optional(Type.String({ maxLength: 20_000 })),
      answer_prompt: Type.Optional(
        Type.String({ maxLength: 50_000, pattern: '\\{(context|content)_data\\}' }),
      ),
    },
    { additionalProperties: false },
  ),
)

/**
 * The wording in the file of a workspace's settings; none when there is no such file.
 *
 * @throws {EngineError} `store_unavailable` for a file that cannot be used, with what is wrong in it
 */
export async function readWording(file: string): Promise<WorkspaceWording> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    const known = asStorageError(error)
    throw known instanceof EngineError ? known : unusable('it cannot be read', error)
  })
  if (text === null) return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw unusable('it is not JSON', error)
  }
  if (validator.Check(value)) return value
  const problems = validator.Errors(value).map(({ instancePath, message, keyword }) => {
    const field = instancePath.slice(1).replaceAll('/', '.') || 'the file'
    if (field === 'answer_prompt' && keyword === 'pattern') {
      return 'answer_prompt must contain {context_data}'
    }
    return `${field} ${message}`
  })
  throw unusable([...new Set(problems)].slice(0, 5).join('; '))
}

function unusable(problem: string, cause?: unknown): EngineError {
  const message = `The settings.json of this workspace cannot be used: ${problem}`
  return new EngineError('store_unavailable', message, { cause })
}

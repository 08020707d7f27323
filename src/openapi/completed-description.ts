import { COMPONENTS } from './components.ts'
import { describeOperation, type Operation } from './describe-operation.ts'
import type { StatedRoute } from './stated-routes.ts'

interface Description {
  paths?: Record<string, Record<string, Operation>>
  components?: unknown
}

/** The description that a generator made of the schemas, with all that these do not say. */
export function completedDescription<T extends object>(
  generated: T,
  routes: ReadonlyMap<string, StatedRoute>,
): T {
  // A copy without what JSON does not carry: the schemas of the running server stay as they are.
  const copy: T & Description = JSON.parse(JSON.stringify(generated, withoutMarks))
  const paths = Object.entries(copy.paths ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [path, operations] of paths) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
    for (const [name, operation] of Object.entries(operations)) {
      const route = `${name.toUpperCase()} ${url}`
      describeOperation(operation, route, routes.get(route))
    }
  }
  copy.paths = Object.fromEntries(paths)
  copy.components = COMPONENTS
  return copy
}

/** TypeBox marks its schemas with keywords of its own. */
function withoutMarks(key: string, value: unknown): unknown {
  return key.startsWith('~') ? undefined : value
}

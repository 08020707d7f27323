import type { FastifyInstance } from 'fastify'

/** `METHOD /route` of everything that an app answers, `HEAD` left out where it follows `GET`. */
export function routeTable(app: FastifyInstance): string[] {
  const path: string[] = []
  const routes = new Set<string>()
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const found = /^([│ ]*)[├└]── (.*?) \(([A-Z, ]+)\)$/.exec(line)
    if (found === null) continue
    const [, indent = '', segment = '', methods = ''] = found
    const depth = indent.length / 4
    path.splice(depth, path.length, segment)
    const url = path.join('').replace(/^\/\//, '/')
    for (const method of methods.split(', ')) {
      if (method !== 'HEAD' && method !== 'OPTIONS') routes.add(`${method} ${url}`)
    }
  }
  return [...routes].sort()
}

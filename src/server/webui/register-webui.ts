import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { PrefixOf } from '../../http/guards/path-prefix.ts'
import { labelBelow } from '../../tenancy/request/request-selectors.ts'
import { readBuiltFiles, type WebUiSource } from './built-files.ts'
import { type WebUiOptions, webUiRoutes } from './webui-routes.ts'

/**
 * Serves the web UI, or says in its place how to get it.
 *
 * @returns whether `/` leads there
 */
export async function registerWebUi(
  app: FastifyInstance,
  config: Pick<Config, 'TENANT_HOST_SUFFIX'>,
  source: WebUiSource | undefined,
  prefixOf: PrefixOf,
): Promise<boolean> {
  if (source === undefined) return false
  const built = source.folder === undefined ? undefined : await readBuiltFiles(source.folder)
  const tenantOfHost = tenantOfHostIn(config.TENANT_HOST_SUFFIX)
  await app.register(webUiRoutes, { built, prefixOf, tenantOfHost })
  if (built === undefined) {
    app.log.info('The web UI is not built; `npm run build:web` does it.')
    return false
  }
  app.get('/', { schema: { hide: true } }, async (request, reply) =>
    reply.redirect(`${prefixOf(request)}/webui/`, 307),
  )
  return true
}

function tenantOfHostIn(suffix: string | undefined): NonNullable<WebUiOptions['tenantOfHost']> {
  if (suffix === undefined) return () => undefined
  const labelOf = labelBelow(suffix)
  return (request) => {
    const label = labelOf(request) ?? ''
    return LABEL.test(label) ? label : undefined
  }
}

const LABEL = /^[a-z0-9][a-z0-9_-]{0,127}$/

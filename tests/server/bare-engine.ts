import { join } from 'node:path'
import Fastify from 'fastify'
import { LightRag } from '../../src/engine/light-rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { registerRoutes } from '../../src/routes/register-routes.ts'
import { NO_PAGES } from '../../src/server/engines/web-pages-of.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { OLLAMA, SERVER_INFO } from '../routes/fake-server.ts'
import type { TestServer } from '../routes/rest-client.ts'
import { tempFolder } from './temp-folder.ts'

/** The handlers on one engine and nothing else: no tenancy, no pool, no proxy. */
export async function bareEngine(): Promise<TestServer> {
  const folder = await tempFolder()
  const models = offlineModels(tokenCount)
  const store = await openSqliteStore({
    dir: join(folder.path, 'store'),
    embedding: models.embedding,
  })
  const rag = await LightRag.open({ store, models, files: filesIn(join(folder.path, 'inputs')) })
  const app = Fastify(httpServerOptions)
  await app.register(httpConventions)
  await registerRoutes(app, {
    pages: NO_PAGES,
    rag,
    health: { info: SERVER_INFO, details: () => true },
    ollama: OLLAMA,
  })
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const close = async () => {
    await app.close()
    await rag.close()
    await folder.remove()
  }
  return { baseUrl, headers: {}, close }
}

import type { FastifyCorsOptions } from '@fastify/cors'

/** What browsers on other origins may do, as LightRAG lets them. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  const any = origins.includes('*')
  return {
    origin: any ? '*' : [...origins],
    // With any origin allowed, no origin is trusted with credentials that a browser adds by itself.
    credentials: !any,
    // The plugin's own list stops at POST.
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    optionsSuccessStatus: 200,
    maxAge: 600,
    exposedHeaders: ['X-New-Token', 'X-Request-Id', 'Retry-After'],
  }
}

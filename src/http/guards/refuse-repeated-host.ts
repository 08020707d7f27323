import type { FastifyInstance } from 'fastify'
import { RequestError } from '../errors/request-error.ts'

/** Refuses a request with two `Host` headers, of which a proxy may have believed the other one. */
export function refuseRepeatedHost(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { rawHeaders } }, _reply, done) => {
    let hosts = 0
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]
      if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1
    }
    if (hosts < 2) done()
    else done(new RequestError('host_repeated', 'A request names one Host'))
  })
}

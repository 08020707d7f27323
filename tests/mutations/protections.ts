import type { Mutation } from './mutation.ts'

const MODEL = ['tests/tenancy/pool/pool.model.test.ts']
const POOL = ['tests/tenancy/pool/pool.test.ts', ...MODEL]
const TENANCY = ['tests/tenancy/tenancy.test.ts']
const ADMISSION = ['tests/tenancy/request/admission.test.ts']
const SELECTORS = ['tests/tenancy/request/selectors.test.ts']
const AUDIT = ['tests/tenancy/audit/audit-log.test.ts']
const GUARD = ['tests/tenancy/sign-in/sign-in-guard.test.ts']
const LIMITS = ['tests/tenancy/proxy/limits.test.ts']
const OPEN = ['tests/server/open-server.test.ts']
const SLOW = ['tests/server/slow-clients.test.ts']
const CREDENTIALS = ['tests/tenancy/strict-credentials.test.ts']
const INVITED = ['tests/control/members/invitation-page.test.ts']
const PROXY = ['tests/tenancy/proxy/proxy.test.ts']

const HOST_DESK = ['tests/hosts/host-desk.test.ts']
const SUSPICIONS = ['tests/hosts/suspicions.test.ts']
const PLANTED_QUESTIONS = ['tests/hosts/planted-questions.test.ts']
const PLANTED_DOCUMENTS = ['tests/hosts/planted-documents.test.ts']

export const PROTECTIONS: readonly Mutation[] = [
  {
    name: 'what ended a host is asked of the next',
    edits: [
      {
        file: 'src/hosts/forward-requests.ts',
        find: 'if (suspect?.request === id) throw culprit(error)',
        replace: '',
      },
    ],
    tests: PLANTED_QUESTIONS,
  },
  {
    name: 'a workspace that ends hosts stays among the others',
    edits: [
      {
        file: 'src/hosts/engine-hosts.ts',
        find: '!(place.seat instanceof LoneSeat) && this.suspicions',
        replace: 'false && this.suspicions',
      },
    ],
    tests: PLANTED_QUESTIONS,
  },
  {
    name: 'slots of models stay with a host that has ended',
    edits: [
      {
        file: 'src/hosts/host-desk.ts',
        find: 'for (const held of this.#slots.values()) held.abort()',
        replace: '',
      },
    ],
    tests: HOST_DESK,
  },
  {
    name: 'rights of queries stay with a host that has ended',
    edits: [
      {
        file: 'src/hosts/host-desk.ts',
        find: 'for (const giveBack of this.#rights.values()) giveBack()',
        replace: '',
      },
    ],
    tests: HOST_DESK,
  },
  {
    name: 'reservations of a host that has ended stay for ever',
    edits: [
      {
        file: 'src/hosts/host-desk.ts',
        find: 'for (const [id, held] of this.#reservations) this.#settleUnknown(id, held)',
        replace: '',
      },
    ],
    tests: HOST_DESK,
  },
  {
    name: 'of two who keep a workspace closed the first to end opens it',
    edits: [
      {
        file: 'src/hosts/engine-hosts.ts',
        find: 'place.closings.delete(closing)',
        replace: 'place.closings.clear()',
      },
    ],
    tests: ['tests/hosts/eviction.test.ts'],
  },
  {
    name: 'a file that ends its reader is read again',
    edits: [
      {
        file: 'src/stores/sqlite/sqlite-store.ts',
        find: 'if (options.isBare === true) await',
        replace: 'if (options.isBare === undefined) await',
      },
    ],
    tests: PLANTED_DOCUMENTS,
  },
  {
    name: 'quarantine lasts for ever',
    edits: [
      {
        file: 'src/hosts/suspicions.ts',
        find: 'this.#now() - suspicion.at < FORGOTTEN_MS',
        replace: 'true',
      },
    ],
    tests: SUSPICIONS,
  },
  {
    name: 'a lease is given back twice',
    edits: [
      {
        file: 'src/tenancy/pool/pool-lease.ts',
        find: 'if (!this.#held) return',
        replace: '',
      },
    ],
    tests: MODEL,
  },
  {
    name: 'a workspace opens while it closes',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '    if (entry !== undefined || room.isReservedFor(waiter.key)) return true',
        replace:
          "    if ((entry !== undefined && entry.state !== 'draining') || room.isReservedFor(waiter.key)) return true",
      },
    ],
    tests: MODEL,
  },
  {
    name: 'a leased engine is closed',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'if (entry.leases > 0 || entry.closing) return',
        replace: 'if (entry.closing) return',
      },
    ],
    tests: MODEL,
  },
  {
    name: 'the pool opens one engine too many',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'if (this.#engines.size + this.#leaving.size >= this.#options.maxEngines) return false',
        replace:
          'if (this.#engines.size + this.#leaving.size > this.#options.maxEngines) return false',
      },
    ],
    tests: MODEL,
  },
  {
    name: 'background work takes the whole pool',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'BACKGROUND_SHARE = 0.5',
        replace: 'BACKGROUND_SHARE = 1',
      },
    ],
    tests: MODEL,
  },
  {
    name: 'a pinned engine is closed to make room',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'entry.unused && !this.#pinned.has(entry.key)',
        replace: 'entry.unused',
      },
    ],
    tests: MODEL,
  },
  {
    name: 'pinned engines that fill the memory keep all others out',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'return [...this.#engines.keys()].every((key) => this.#pinned.has(key))',
        replace: 'return false',
      },
    ],
    tests: ['tests/tenancy/pool/pinned.test.ts'],
  },
  {
    name: 'a pool that is shut gives out leases',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: '    if (this.#shut) throw closedError()\n',
        replace: '',
      },
    ],
    tests: POOL,
  },
  {
    name: 'two spellings of a name share an engine',
    edits: [
      {
        file: 'src/tenancy/pool/pool.ts',
        find: 'if (present !== undefined && present.workspace !== workspace) throw spellingError()',
        replace: '',
      },
    ],
    tests: POOL,
  },
  {
    name: 'a method kept from another request is served',
    edits: [
      {
        file: 'src/tenancy/proxy/proxy.ts',
        find: 'caller !== undefined && caller.workspace !== captured.workspace',
        replace: 'caller === captured && caller.workspace !== captured.workspace',
      },
    ],
    tests: PROXY,
  },
  {
    name: 'a lease is kept after the call',
    edits: [
      {
        file: 'src/tenancy/proxy/proxy.ts',
        find: '  } finally {\n    lease.release()\n',
        replace: '  } finally {\n',
      },
    ],
    tests: PROXY,
  },
  {
    name: 'a stream that nobody reads keeps its lease',
    edits: [
      {
        file: 'src/tenancy/proxy/leased-stream.ts',
        find: 'if (!this.#pulled) this.#startAbandonTimer()',
        replace: '',
      },
    ],
    tests: PROXY,
  },
  {
    name: 'permissions are not asked for',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: 'if (!mayUse(principal, this.#rule.access)) throw permissionDenied()',
        replace: '',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'permissions that the body asks for are not asked for',
    edits: [
      {
        file: 'src/tenancy/tenancy.ts',
        find: 'rule.alsoNeeds?.(request).some((needed) => !mayUse(context.principal, needed))',
        replace: 'false',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a request that nothing was decided about is served',
    edits: [
      {
        file: 'src/tenancy/tenancy.ts',
        find: "isAdmitted(request) ? undefined : new Error('Nothing was decided about this request')",
        replace: '',
      },
    ],
    tests: ADMISSION,
  },
  {
    name: 'what is no promise of this realm is taken for an answer',
    edits: [
      {
        file: 'src/tenancy/awaitable.ts',
        find: "return 'then' in value && typeof value.then === 'function'",
        replace: 'return value instanceof Promise',
      },
    ],
    tests: ADMISSION,
  },
  {
    name: 'refusals are not reported',
    edits: [
      {
        file: 'src/tenancy/tenancy.ts',
        find: 'this.#options.onRefusal?.({ error, request, principal })',
        replace: '',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a route without a permission is served',
    edits: [
      {
        file: 'src/tenancy/request/route-permissions.ts',
        find: '      if (rule === undefined) throw permissionMissing(method, url)\n',
        replace: '      if (rule === undefined) continue\n',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a route whose access is declared twice is served',
    edits: [
      {
        file: 'src/tenancy/request/route-permissions.ts',
        find: '      if (stated !== undefined && row !== undefined) {',
        replace: '      if (stated !== undefined && row === stated) {',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a route is served where nobody looks at who calls',
    edits: [
      {
        file: 'src/server/build-server.ts',
        find: '  requireAdmission(app)\n',
        replace: '',
      },
    ],
    tests: ['tests/server/closed-routes.test.ts'],
  },
  {
    name: 'a route that nothing is said of is served',
    edits: [
      {
        file: 'src/openapi/stated-routes.ts',
        find: 'if (!this.described || this[part] !== undefined) continue',
        replace: "if (!this.described || part === 'doc' || this[part] !== undefined) continue",
      },
    ],
    tests: ['tests/server/closed-routes.test.ts'],
  },
  {
    name: 'a method without a quota is passed on',
    edits: [
      {
        file: 'src/control/quotas/quota-rules.ts',
        find: '  throw new TypeError(`No quota',
        replace: "  if (method) return 'counted' as never\n  throw new TypeError(`No quota",
      },
    ],
    tests: ['tests/control/quotas/quota-rag.test.ts'],
  },
  {
    name: 'a workspace that is not held is served',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: 'if (principal.workspaces.includes(workspace)) return workspace',
        replace: 'return workspace',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a tenant that is not held is served',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: '  if (ofTenant.length === 0) throw denied()\n',
        replace: '  if (ofTenant.length === 0) return wanted\n',
      },
    ],
    tests: SELECTORS,
  },
  {
    name: 'selectors need not agree',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: 'if (value !== undefined && value !== next) throw disagree()',
        replace: '',
      },
    ],
    tests: SELECTORS,
  },
  {
    name: 'a named workspace need not be of the tenant',
    edits: [
      {
        file: 'src/tenancy/request/workspace-choice.ts',
        find: 'if ((tenant ?? owner.tenant) !== owner.tenant || (kb ?? owner.kb) !== owner.kb) throw disagree()',
        replace: '',
      },
    ],
    tests: SELECTORS,
  },
  {
    name: 'any host chooses a tenant',
    edits: [
      {
        file: 'src/tenancy/request/request-selectors.ts',
        find: 'if (!host.endsWith(ending)) return undefined',
        replace: '',
      },
    ],
    tests: SELECTORS,
  },
  {
    name: 'two credentials need not agree',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: 'caller !== undefined && caller.userId !== principal.userId',
        replace: 'false',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'a disabled user keeps their key',
    edits: [
      {
        file: 'src/tenancy/users/users-index.ts',
        find: 'return user.disabled ? undefined : user.account.principal',
        replace: 'return user.account.principal',
      },
    ],
    tests: [...TENANCY, 'tests/tenancy/users/users-file.test.ts'],
  },
  {
    name: 'a new password leaves old tokens alive',
    edits: [
      {
        file: 'src/tenancy/sign-in/directory-authenticator.ts',
        find: 'account === undefined || !this.#tokens.isCurrent(claims, account)',
        replace: 'account === undefined',
      },
    ],
    tests: TENANCY,
  },
  {
    name: 'an audit line is not bound to the one before',
    edits: [
      {
        file: 'src/tenancy/audit/audit-chain.ts',
        find: 'if (line.seq !== previous.seq + 1 ||',
        replace: 'if (',
      },
      {
        file: 'src/tenancy/audit/audit-chain.ts',
        find: '#macOf(previous: AuditMark, body: string): string {',
        replace: '#macOf(_: AuditMark, body: string): string {\n    const previous = ORIGIN',
      },
    ],
    tests: AUDIT,
  },
  {
    name: 'the end of the audit is not compared with its head',
    edits: [
      {
        file: 'src/tenancy/audit/audit-verify.ts',
        find: '  if (head !== undefined && !sawEnd) problems.push(endMissing(head, last))\n',
        replace: '',
      },
    ],
    tests: AUDIT,
  },
  {
    name: 'a torn audit line stays',
    edits: [
      {
        file: 'src/tenancy/audit/audit-files.ts',
        find: '    await file.truncate(whole)\n',
        replace: '',
      },
    ],
    tests: AUDIT,
  },
  {
    name: 'failed logins are not counted while they run',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: '    tally.failures += 1\n',
        replace: '',
      },
    ],
    tests: GUARD,
  },
  {
    name: 'each refusal of a stranger makes a line of the audit',
    edits: [
      {
        file: 'src/tenancy/audit/audit-recorder.ts',
        find: "event === 'limited' || (principal === undefined && !crosses)",
        replace: "event === 'limited'",
      },
    ],
    tests: ['tests/server/audited-strangers.test.ts'],
  },
  {
    name: 'of two credentials of one kind one is believed',
    edits: [
      {
        file: 'src/tenancy/request/request-authorization.ts',
        find: 'assertSentOnce(request.raw)',
        replace: '',
      },
    ],
    tests: CREDENTIALS,
  },
  {
    name: 'a token may begin or end at any time',
    edits: [
      {
        file: 'src/tenancy/sign-in/token.ts',
        find: 'exp: Type.Integer(dates)',
        replace: 'exp: Type.Integer()',
      },
    ],
    tests: CREDENTIALS,
  },
  {
    name: 'what was typed is markup on the page of an invitation',
    edits: [
      {
        file: 'src/control/members/invitation-page.ts',
        find: ".replaceAll('<', '&lt;')",
        replace: '',
      },
    ],
    tests: INVITED,
  },
  {
    name: 'the page of an invitation guesses passwords freely',
    edits: [
      {
        file: 'src/control/members/invitation-page-routes.ts',
        find: 'await signIn(options, form, request)',
        replace: 'await signIn({ ...options, guard: undefined }, form, request)',
      },
    ],
    tests: INVITED,
  },
  {
    name: 'a path in front is taken from anybody',
    edits: [
      {
        file: 'src/http/guards/path-prefix.ts',
        find: "typeof told !== 'string' || !isTrusted(socket.remoteAddress ?? '', 0)",
        replace: "typeof told !== 'string'",
      },
    ],
    tests: ['tests/http/guards/path-prefix.test.ts'],
  },
  {
    name: 'everybody is refused for what one caller causes',
    edits: [
      {
        file: 'src/http/guards/refuse-under-pressure.ts',
        find: "if (share === undefined) return 'all'",
        replace: "if (share !== 0) return 'all'",
      },
    ],
    tests: ['tests/http/guards/refuse-under-pressure.test.ts'],
  },
  {
    name: 'strangers guess without a bound in all',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'free: freeFailures * STRANGERS_FACTOR',
        replace: 'free: Number.POSITIVE_INFINITY',
      },
    ],
    tests: GUARD,
  },
  {
    name: 'strangers lock out who has signed in before',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'isKnown ? limits.slice(0, 1) : limits',
        replace: 'limits',
      },
    ],
    tests: GUARD,
  },
  {
    name: 'one address has all passwords compared',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'ofAddress >= AT_ONCE.ofAddress || ',
        replace: '',
      },
    ],
    tests: GUARD,
  },
  {
    name: 'a lock-out knows no address',
    edits: [
      {
        file: 'src/tenancy/sign-in/sign-in-guard.ts',
        find: 'free: freeFailures * ADDRESS_FACTOR',
        replace: 'free: Number.POSITIVE_INFINITY',
      },
    ],
    tests: GUARD,
  },
  {
    name: 'a stream that was left keeps its place',
    edits: [
      {
        file: 'src/tenancy/proxy/limited-stream.ts',
        find: '      return (await this.#inner.return?.(value)) ?? { done: true, value }\n    } finally {\n      this.#end()',
        replace:
          '      return (await this.#inner.return?.(value)) ?? { done: true, value }\n    } finally {',
      },
    ],
    tests: LIMITS,
  },
  {
    name: 'queries at once are not bounded',
    edits: [
      {
        file: 'src/tenancy/proxy/concurrency-limiter.ts',
        find: 'this.#of(name) >= most',
        replace: 'this.#of(name) > most',
      },
    ],
    tests: LIMITS,
  },
  {
    name: 'a foreign page is served by an open server',
    edits: [
      {
        file: 'src/http/guards/refuse-foreign-pages.ts',
        find: "site !== 'same-origin' && !isOwn(origin, request)) return true",
        replace: 'false) return true',
      },
    ],
    tests: OPEN,
  },
  {
    name: 'a foreign host is served by an open server',
    edits: [
      {
        file: 'src/http/guards/host-names.ts',
        find: "!name.includes('.')) return true",
        replace: "!name.includes('..')) return true",
      },
    ],
    tests: OPEN,
  },
  {
    name: 'a server without keys listens everywhere',
    edits: [
      {
        file: 'src/server/guards/open-notice.ts',
        find: "HOST ?? (open ? '127.0.0.1' : '0.0.0.0')",
        replace: "HOST ?? '0.0.0.0'",
      },
    ],
    tests: OPEN,
  },
  {
    name: 'a small body may take as long as it likes',
    edits: [
      {
        file: 'src/http/body/body-deadlines.ts',
        find: 'if (!small && goesOn)',
        replace: 'if (goesOn)',
      },
    ],
    tests: SLOW,
  },
  {
    name: 'connections of one address are not bounded',
    edits: [
      {
        file: 'src/http/guards/bound-connections.ts',
        find: 'own.size >= mostOfAddress ? own : all',
        replace: 'own.size < 0 ? own : all',
      },
    ],
    tests: SLOW,
  },
  {
    name: 'a connection is closed while it is answered',
    edits: [
      {
        file: 'src/http/guards/bound-connections.ts',
        find: 'if (!isAnswered(connection) && bytesRead === connection.seen)',
        replace: 'if (bytesRead === connection.seen)',
      },
    ],
    tests: SLOW,
  },
  {
    name: 'requests in a minute are not bounded',
    edits: [
      {
        file: 'src/tenancy/request/rate-limits.ts',
        find: 'if (exceeded.length === 0) return',
        replace: 'return',
      },
    ],
    tests: LIMITS,
  },
]

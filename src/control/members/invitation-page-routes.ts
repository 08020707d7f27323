import formbody from '@fastify/formbody'
import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { type PasswordSignIn, signIn } from '../../tenancy/sign-in/auth-routes.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { actorOf } from '../authority/actor.ts'
import type { ControlPlane } from '../control-plane.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import { type OnControlRefusal, reportRefusals } from '../wire/report-refusals.ts'
import type { InvitationOffer } from './invitation-offer.ts'
import { invitationPage, PAGE_CSP, sentencePage } from './invitation-page.ts'

export interface InvitationPageOptions extends PasswordSignIn {
  readonly plane: ControlPlane
  /** Called for callers who are refused, or ask for what is not there. */
  readonly onRefusal?: OnControlRefusal
}

/** Of one address in a minute: to look, and to do something, which may cost a hash of a password. */
const LOOKS = 120
const ATTEMPTS = 20
const LONGEST_TOKEN = 200

interface Form {
  readonly action: string
  readonly username: string
  readonly password: string
}

/** `/invitations/{token}`, to which mails lead: a page for people, which works without scripts. */
export const invitationPageRoutes: FastifyPluginAsync<InvitationPageOptions> = async (
  app,
  options,
) => {
  const { plane, onRefusal } = options
  await app.register(formbody)
  await app.register(rateLimit, { global: false })
  const count = {
    looks: app.createRateLimit({ max: LOOKS, timeWindow: 60_000 }),
    attempts: app.createRateLimit({ max: ATTEMPTS, timeWindow: 60_000 }),
  }
  reportRefusals(app, onRefusal)
  app.addHook('onRequest', async (request, reply) => {
    asPage(reply)
    const counted = await (request.method === 'POST' ? count.attempts : count.looks)(request)
    if (counted.isAllowed || !counted.isExceeded) return
    throw new TenancyError('rate_limited', 'Too many attempts; try again later', {
      retryAfterSeconds: Math.max(1, counted.ttlInSeconds),
    })
  })
  app.setErrorHandler((error, request, reply) => sendProblem(plane, error, request, reply))

  // The holder of the token needs nothing else.
  const page = { config: { access: 'public' }, schema: { hide: true } } as const
  app.get('/invitations/:token', page, async (request) =>
    invitationPage({ offer: await offerFor(plane, request) }),
  )

  app.post('/invitations/:token', { ...page, bodyLimit: BODY_BYTES.small }, async (request) =>
    answer(options, await offerFor(plane, request), request),
  )
}

function asPage(reply: FastifyReply): void {
  reply.type('text/html; charset=utf-8')
  reply.header('content-security-policy', PAGE_CSP)
  reply.header('referrer-policy', 'no-referrer')
  reply.header('cache-control', 'no-store')
  reply.header('x-robots-tag', 'noindex')
}

async function answer(
  options: InvitationPageOptions,
  { tenantName, role }: InvitationOffer,
  request: FastifyRequest,
): Promise<string> {
  const { invitations } = options.plane
  const token = tokenOf(request)
  const form = formOf(request)
  if (form.action === 'decline') {
    await invitations.declineByToken(token)
    return sentencePage('Declined', `You have declined the invitation to ${tenantName}.`)
  }
  if (form.action !== 'create' && form.action !== 'join') throw invalid('Please accept or decline.')
  if (form.username === '') throw invalid('Please give a name.')
  if (form.password === '') throw invalid('Please give a password.')
  if (form.action === 'create') await invitations.acceptByToken(token, form)
  else await invitations.acceptByToken(token, await ownAccount(options, form, request))
  return sentencePage('Welcome', `You are now a member of ${tenantName} as ${role}.`)
}

async function ownAccount(options: PasswordSignIn, form: Form, request: FastifyRequest) {
  const { principal } = await signIn(options, form, request)
  const actor = actorOf(principal)
  if (actor.userId !== undefined) return actor
  throw new ControlError(
    'forbidden',
    'This account is kept in the users file and joins no tenant; make another one.',
  )
}

/** Says what was wrong, above the form where it can be mended. */
async function sendProblem(
  plane: ControlPlane,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  asPage(reply)
  const { status, code, message, retryAfterSeconds } = request.explainError(error)
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
  const problem = SENTENCES[code] ?? message
  const offer = await offerFor(plane, request).catch(() => undefined)
  reply.code(status)
  if (offer === undefined) return reply.send(sentencePage('Invitation', problem))
  return reply.send(invitationPage({ offer, problem, username: formOf(request).username }))
}

const SENTENCES: Readonly<Record<string, string>> = {
  not_found: 'There is no such invitation. Is the link whole?',
  invitation_gone: 'This invitation has ended. Ask for another one.',
  username_taken: 'This name is taken. If it is yours, accept with the account you have.',
  already_member: 'This account is a member already.',
  bad_login: 'Name or password is wrong.',
}

/** @throws {ControlError} `not_found`, `invitation_gone` */
async function offerFor({ invitations }: ControlPlane, request: FastifyRequest) {
  return invitations.offer(tokenOf(request))
}

function tokenOf({ params }: FastifyRequest): string {
  const given = typeof params === 'object' && params !== null && 'token' in params && params.token
  if (typeof given === 'string' && given.length <= LONGEST_TOKEN) return given
  throw notFound('invitation')
}

function formOf({ body }: FastifyRequest): Form {
  const field = (name: string) => {
    const value: unknown = typeof body === 'object' && body !== null && Reflect.get(body, name)
    return typeof value === 'string' ? value : ''
  }
  return { action: field('action'), username: field('username'), password: field('password') }
}

function invalid(sentence: string): ControlError {
  return new ControlError('invalid_input', sentence)
}

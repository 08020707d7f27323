import '../../styles/front.css'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import type { Credential } from '../../api/http-client.ts'
import type { Explanation } from '../../data/access.ts'
import type { UiConfig } from '../../data/ui-config.ts'
import { useTexts } from '../../i18n/use-texts.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Problem } from '../../ui/problem.tsx'
import { TextInput } from '../../ui/text-input.tsx'
import { AppearanceMenu } from '../../work/appearance-menu.tsx'
import { useServices } from '../../work/services.ts'
import { useTitle } from '../../work/use-title.ts'

interface SignInProps {
  readonly config: UiConfig
  /** Whether somebody was here until now. */
  readonly hasEnded: boolean
}

type Way = 'password' | 'key'

/** Where whoever is not known yet says who they are, in each way that this server takes. */
export function SignIn({ config, hasEnded }: SignInProps) {
  const { t } = useTexts()
  useTitle(t('signIn.title'))
  const { password: byPassword, api_key: byKey } = config.auth
  const [way, setWay] = useState<Way>(byPassword ? 'password' : 'key')
  return (
    <div className="front">
      <header className="front-bar">
        <AppearanceMenu />
      </header>
      <main className="front-card" id="content">
        <div className="brand">
          <span className="brand-mark" aria-hidden="true" />
          <h1>{config.title ?? t('app.title')}</h1>
        </div>
        {config.description !== null && <p className="soft">{config.description}</p>}
        {hasEnded && (
          <p className="notice warn" role="status">
            <Icon name="info" />
            {t('signIn.ended')}
          </p>
        )}
        {byPassword && byKey && (
          <fieldset className="segments">
            <legend className="sr-only">{t('signIn.title')}</legend>
            {(['password', 'key'] as const).map((one) => (
              <label key={one} className="segment" data-chosen={way === one || undefined}>
                <input
                  type="radio"
                  name="way"
                  className="sr-only"
                  checked={way === one}
                  onChange={() => setWay(one)}
                />
                {t(one === 'password' ? 'signIn.byPassword' : 'signIn.byKey')}
              </label>
            ))}
          </fieldset>
        )}
        {way === 'password' ? <PasswordForm /> : <KeyForm />}
      </main>
    </div>
  )
}

function PasswordForm() {
  const { t } = useTexts()
  const { http, session } = useServices()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [isCapsOn, setCapsOn] = useState(false)
  const attempt = useAttempt(async () => {
    if (username.trim() === '' || password === '') return t('signIn.empty')
    const { access_token: token } = await http.json<{ access_token: string }>('login', {
      method: 'POST',
      form: new URLSearchParams({ username: username.trim(), password }),
      credential: { kind: 'none' },
    })
    session.signIn({ account: username.trim(), credential: { kind: 'token', token } })
    return undefined
  }, t('signIn.wrong'))
  return (
    <form className="stack" onSubmit={attempt.submit} noValidate>
      <TextInput
        label={t('signIn.username')}
        name="username"
        autoComplete="username"
        value={username}
        onChange={setUsername}
        maxLength={128}
        autoFocus
      />
      <TextInput
        label={t('signIn.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        maxLength={1000}
        problem={attempt.problem}
        hint={isCapsOn ? t('signIn.capsLock') : undefined}
        onKeyUp={(event) => setCapsOn(hasCapsLock(event))}
      />
      {attempt.error !== undefined && <Problem error={attempt.error} />}
      <ActionButton type="submit" look="primary" isBusy={attempt.isBusy}>
        {t('signIn.submit')}
      </ActionButton>
    </form>
  )
}

function KeyForm() {
  const { t } = useTexts()
  const { http, session } = useServices()
  const [key, setKey] = useState('')
  const attempt = useAttempt(async () => {
    const credential: Credential = { kind: 'key', key: key.trim() }
    if (credential.key === '') return t('signIn.empty')
    // A key is tried before it is kept.
    const { username } = await http.json<Explanation>('auth/explain', { credential })
    session.signIn({ account: username, credential })
    return undefined
  }, t('signIn.wrongKey'))
  return (
    <form className="stack" onSubmit={attempt.submit} noValidate>
      <TextInput
        label={t('signIn.key')}
        name="api-key"
        type="password"
        autoComplete="off"
        value={key}
        onChange={setKey}
        hint={t('signIn.keyHint')}
        problem={attempt.problem}
        maxLength={4096}
        autoFocus
      />
      {attempt.error !== undefined && <Problem error={attempt.error} />}
      <ActionButton type="submit" look="primary" isBusy={attempt.isBusy}>
        {t('signIn.submit')}
      </ActionButton>
    </form>
  )
}

/** @param attempt gives what is wrong with what was typed, if anything is */
function useAttempt(attempt: () => Promise<string | undefined>, refused: string) {
  const [problem, setProblem] = useState<string>()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setError(undefined)
    setProblem(undefined)
    try {
      setProblem(await attempt())
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) setProblem(refused)
      else setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy) void run()
  }
  return { problem, error, isBusy, submit }
}

function hasCapsLock(event: Pick<KeyboardEvent, 'getModifierState'>): boolean {
  return event.getModifierState('CapsLock')
}

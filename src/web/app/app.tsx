import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { I18nProvider } from 'react-aria-components'
import { uiConfigOptions } from '../data/ui-config.ts'
import { SignIn } from '../features/sign-in/sign-in.tsx'
import { loadMessages } from '../i18n/load-messages.ts'
import { isLanguage, LANGUAGES, languageFor, type Messages, Texts } from '../i18n/text.ts'
import { TextsContext } from '../i18n/use-texts.ts'
import { Problem } from '../ui/problem.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { useServices } from '../work/services.ts'
import { CrashGuard } from './crash-guard.tsx'
import { RemarkToasts } from './remark-toasts.tsx'
import { Signed } from './signed.tsx'

/** The whole of it: in a language, under a theme, for somebody or for whoever is to sign in. */
export function App({ wantedTenant }: { readonly wantedTenant: string | undefined }) {
  const texts = useLoadedTexts()
  useTheme()
  if (texts === undefined) return null
  return (
    <TextsContext value={texts}>
      <I18nProvider locale={texts.language}>
        <Toasts>
          <RemarkToasts />
          <CrashGuard>
            <Front wantedTenant={wantedTenant} />
          </CrashGuard>
        </Toasts>
      </I18nProvider>
    </TextsContext>
  )
}

/** How long other tabs may take to tell of their session. */
const TABS_ANSWER_MS = 150

function Front({ wantedTenant }: { readonly wantedTenant: string | undefined }) {
  const { http, session } = useServices()
  const state = useSyncExternalStore(session.subscribe, session.get)
  const config = useQuery(uiConfigOptions(http))
  const isGuest = config.data?.auth.guest
  const isStarting = state.phase === 'starting'
  useEffect(() => {
    if (!isStarting || isGuest === undefined) return undefined
    if (isGuest) {
      session.signIn({ account: 'guest', credential: { kind: 'none' } })
      return undefined
    }
    const timer = setTimeout(() => session.needed(), TABS_ANSWER_MS)
    return () => clearTimeout(timer)
  }, [isStarting, isGuest, session])
  if (config.error !== null) {
    return (
      <main className="front">
        <Problem error={config.error} onRetry={() => void config.refetch()} />
      </main>
    )
  }
  if (config.data === undefined || isStarting) return null
  if (state.phase === 'signed-in') {
    return (
      <Signed
        key={state.session.account}
        session={state.session}
        config={config.data}
        wantedTenant={wantedTenant}
      />
    )
  }
  return <SignIn config={config.data} hasEnded={state.phase === 'signed-out' && state.ended} />
}

/** Undefined until the first language has come. */
function useLoadedTexts(): Texts | undefined {
  const { appearance } = useServices()
  const { language: chosen } = useSyncExternalStore(appearance.subscribe, appearance.get)
  const language =
    chosen !== undefined && isLanguage(chosen) ? chosen : languageFor(navigator.languages)
  const [messages, setMessages] = useState<{ readonly of: string; readonly all: Messages }>()
  useEffect(() => {
    let isWanted = true
    void loadMessages(language).then((all) => {
      if (isWanted) setMessages({ of: language, all })
    })
    return () => {
      isWanted = false
    }
  }, [language])
  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dir = LANGUAGES[language].direction
  }, [language])
  return useMemo(() => {
    if (messages === undefined) return undefined
    return new Texts(isLanguage(messages.of) ? messages.of : 'en', messages.all)
  }, [messages])
}

function useTheme(): void {
  const { appearance } = useServices()
  const { theme } = useSyncExternalStore(appearance.subscribe, appearance.get)
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }, [theme])
}

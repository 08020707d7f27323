import { type ReactNode, useSyncExternalStore } from 'react'
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
} from 'react-aria-components'
import { LANGUAGES, type Language } from '../i18n/text.ts'
import { useTexts } from '../i18n/use-texts.ts'
import { THEMES } from '../state/appearance.ts'
import { Icon } from '../ui/icon.tsx'
import { useServices } from './services.ts'

/** Theme and language; whoever is signed in finds more below. */
export function AppearanceMenu({ children }: { readonly children?: ReactNode }) {
  const { t, language } = useTexts()
  const { appearance } = useServices()
  const { theme } = useSyncExternalStore(appearance.subscribe, appearance.get)
  return (
    <MenuTrigger>
      <Button className="button quiet icon-only" aria-label={t('header.settings')}>
        <Icon name="settings" />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu">
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const chosen = THEMES.find((one) => keys !== 'all' && keys.has(one))
              if (chosen !== undefined) appearance.change({ theme: chosen })
            }}
          >
            <Header className="menu-heading">{t('header.theme')}</Header>
            {THEMES.map((one) => (
              <CheckedItem key={one} id={one} text={t(`header.theme.${one}`)} />
            ))}
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[language]}
            onSelectionChange={(keys) => {
              const names = Object.keys(LANGUAGES) as Language[]
              const chosen = names.find((one) => keys !== 'all' && keys.has(one))
              if (chosen !== undefined) appearance.change({ language: chosen })
            }}
          >
            <Header className="menu-heading">{t('header.language')}</Header>
            {Object.entries(LANGUAGES).map(([id, { name }]) => (
              <CheckedItem key={id} id={id} text={name} />
            ))}
          </MenuSection>
          {children}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

function CheckedItem({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={text}>
      <span className="grow">{text}</span>
      <span className="check">
        <Icon name="check" />
      </span>
    </MenuItem>
  )
}

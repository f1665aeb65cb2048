import { useEffect } from 'react';
import { studio, useStudio, type Theme } from '../stores/studio.ts';

const KEY = 'cronflow.theme';

/** Follows the system's theme unless the person chose one, which is remembered. */
export function useTheme(): void {
  const theme = useStudio(state => state.theme);
  useEffect(() => {
    const chosen = localStorage.getItem(KEY);
    if (chosen === 'dark' || chosen === 'light') studio.setState({ theme: chosen });
  }, []);
  useEffect(() => {
    const prefersLight = matchMedia('(prefers-color-scheme: light)');
    const apply = () => {
      document.documentElement.dataset.theme = effective(theme, prefersLight.matches);
    };
    apply();
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
    prefersLight.addEventListener('change', apply);
    return () => prefersLight.removeEventListener('change', apply);
  }, [theme]);
}

function effective(theme: Theme, systemIsLight: boolean): 'dark' | 'light' {
  return theme === 'system' ? (systemIsLight ? 'light' : 'dark') : theme;
}

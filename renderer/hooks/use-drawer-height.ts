import { useCallback, useEffect, useState, type RefObject } from 'react';
import { useStudio } from '../stores/studio.ts';
import type { PanelState } from './use-panel.ts';

/** As react-resizable-panels names what it saves. */
const SAVED = 'react-resizable-panels:cronflow.panels.down';
/** What fills whatever height it is given, and how much that is then, in CSS pixels. */
const FILLING = 260;
const LEAST = 100;
/** Where a view has asked for room: the drawer keeps what the first cause needs, and scrolls. */
const LEAST_BESIDE_ROWS = 130;
/** The views keep the larger part. */
const MOST_SHARE = 0.45;

/**
 * The drawer is as high as what is in it, up to a share of the window and to what the view has asked for, until a person
 * has given it a height of their own.
 * @param around What the drawer shares its height with
 */
export function useDrawerHeight({ panelRef, isOpen }: PanelState, around: RefObject<HTMLElement | null>) {
  const [isChosen, setIsChosen] = useState(() => localStorage.getItem(SAVED) !== null);
  const tab = useStudio(state => state.drawer);
  const viewNeeds = useStudio(state => state.viewNeeds);
  useEffect(() => {
    const centre = around.current;
    const body = centre?.querySelector('.drawer-body');
    if (!isOpen || isChosen || !centre || !body) return undefined;
    let asked = 0;
    const fit = () => {
      asked = 0;
      const panel = panelRef.current;
      if (!panel || panel.isCollapsed()) return;
      const whole = centre.clientHeight;
      const beside = Math.max(LEAST_BESIDE_ROWS, whole - viewNeeds);
      const wanted = Math.min(whole * MOST_SHARE, beside, Math.max(LEAST, neededBy(body)));
      if (Math.abs(panel.getSize().inPixels - wanted) > 1) panel.resize(Math.round(wanted));
    };
    const ask = () => {
      asked ||= requestAnimationFrame(fit);
    };
    ask();
    const changes = new MutationObserver(ask);
    changes.observe(body, { childList: true, subtree: true, characterData: true });
    const sizes = new ResizeObserver(ask);
    sizes.observe(centre);
    for (const child of body.children) sizes.observe(child);
    return () => {
      changes.disconnect();
      sizes.disconnect();
      cancelAnimationFrame(asked);
    };
  }, [around, panelRef, isOpen, isChosen, tab, viewNeeds]);
  const reset = useCallback(() => {
    localStorage.removeItem(SAVED);
    setIsChosen(false);
  }, []);
  /** Told of a height that a hand has given it. */
  const chooses = useCallback(() => {
    setIsChosen(true);
    return true;
  }, []);
  return { reset, chooses };
}

/** With the drawer's head, whose height the body is below. */
function neededBy(body: Element): number {
  const [content] = body.children;
  if (!(content instanceof HTMLElement)) return LEAST;
  const head = body.getBoundingClientRect().top - (body.parentElement?.getBoundingClientRect().top ?? 0);
  return head + (content.dataset['fills'] === undefined ? content.scrollHeight : FILLING);
}

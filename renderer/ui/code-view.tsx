import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { foldGutter, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { Decoration, EditorView, highlightSpecialChars, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { failingSpan } from '../model/failing-span.ts';
import './code-view.css';

interface Props {
  readonly text: string;
  readonly language: 'ts' | 'json';
  readonly label: string;
  /** The line to mark and to bring into view, from 1. */
  readonly line?: number | undefined;
  /** The column to mark, too, and to bring into view in that line, from 1. */
  readonly column?: number | undefined;
  /** The number of the text's first line, where it is a part of a file. */
  readonly firstLine?: number;
  /** As high as the text; otherwise as high as there is room, scrolling. */
  readonly grow?: boolean;
}

// By class, so that both themes colour them (code-view.css).
const colours = HighlightStyle.define([
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 'tok-string' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: 'tok-number' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'tok-keyword' },
  { tag: [tags.comment], class: 'tok-comment' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: 'tok-property' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'tok-function' },
  { tag: [tags.typeName, tags.className], class: 'tok-type' },
]);

/** Code or JSON to read: as text, whatever is in it. */
export function CodeView({ text, language, label, line, column, firstLine = 1, grow = false }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return undefined;
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: text, extensions: extensions(language, label, line, column, firstLine) }),
    });
    if (line !== undefined) {
      const position = positionOf(view.state, line - firstLine + 1, column);
      if (grow) scrollAcross(view, position);
      else
        view.dispatch({ effects: EditorView.scrollIntoView(position, { y: 'center', x: 'nearest', xMargin: ACROSS }) });
    }
    return () => view.destroy();
  }, [text, language, label, line, column, firstLine, grow]);
  return <div ref={host} className={`code-view ${grow ? 'grow' : ''}`} />;
}

/** Room beside what a long line is scrolled to, in pixels. */
const ACROSS = 120;

/** Brings a place of a long line into view. What is as high as its text is never scrolled down: what stands above it, the message, would be gone. */
function scrollAcross(view: EditorView, position: number): void {
  view.requestMeasure({
    read: () => view.coordsAtPos(position),
    write: place => {
      if (!place) return;
      const { left, right } = view.scrollDOM.getBoundingClientRect();
      if (place.left > right - ACROSS || place.left < left) view.scrollDOM.scrollLeft += place.left - right + ACROSS;
    },
  });
}

function extensions(
  language: Props['language'],
  label: string,
  line: number | undefined,
  column: number | undefined,
  firstLine: number,
): Extension[] {
  return [
    highlightSpecialChars(),
    lineNumbers({ formatNumber: shown => String(shown + firstLine - 1) }),
    language === 'json' ? [json(), foldGutter()] : javascript({ typescript: true }),
    syntaxHighlighting(colours),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    line === undefined ? [] : EditorView.decorations.of(view => marksOf(view.state, line - firstLine + 1, column)),
  ];
}

/** The line, and in it what stands at the column. */
function marksOf(state: EditorState, line: number, column: number | undefined) {
  const start = positionOf(state, line);
  const span = column === undefined ? undefined : failingSpan(state.doc.lineAt(start).text, column);
  return Decoration.set([
    Decoration.line({ class: 'hot-line' }).range(start),
    ...(span ? [Decoration.mark({ class: 'hot-column' }).range(start + span.from, start + span.to)] : []),
  ]);
}

function positionOf(state: EditorState, line: number, column = 1): number {
  const { from, to } = state.doc.line(Math.max(1, Math.min(state.doc.lines, line)));
  return Math.min(to, from + Math.max(0, column - 1));
}

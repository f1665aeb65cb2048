import { parseSync, type types as t } from '@babel/core';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * What a module of the package exports, with the text above each: read from the sources as they stand. Nothing is inferred: what a
 * declaration says of its type is what the page shows.
 */

export interface Declaration {
  readonly name: string;
  readonly doc: string;
  /** What stands in the file. */
  readonly code: string;
  readonly members: readonly Member[];
  readonly kind: 'value' | 'type';
}

/** Of an interface, or of a type that is an object. */
export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly code: string;
}

/** All that a file exports, in its order; what it passes on of another file stands where it does so. */
export function exportsOf(file: string): Declaration[] {
  const source = readFileSync(file, 'utf8');
  const parsed = parseSync(source, {
    filename: file,
    configFile: false,
    babelrc: false,
    parserOpts: { plugins: ['typescript'] },
  });
  if (parsed === null) throw new Error(`${file} cannot be parsed.`);
  return parsed.program.body.flatMap(statement => {
    if (statement.type === 'ExportAllDeclaration') return exportsOf(besides(file, statement.source.value));
    if (statement.type !== 'ExportNamedDeclaration') return [];
    if (statement.source) {
      const passedOn = exportsOf(besides(file, statement.source.value));
      return statement.specifiers.flatMap(specifier =>
        specifier.type === 'ExportSpecifier' ? passedOn.filter(({ name }) => name === nameOf(specifier.local)) : [],
      );
    }
    return statement.declaration ? [declarationOf(statement, statement.declaration, source)] : [];
  });
}

function besides(file: string, specifier: string): string {
  return path.join(path.dirname(file), specifier);
}

function declarationOf(statement: t.ExportNamedDeclaration, declaration: t.Declaration, source: string): Declaration {
  const text = { doc: docOf(statement), code: codeOf(declaration, source) };
  switch (declaration.type) {
    case 'TSInterfaceDeclaration':
      return { name: declaration.id.name, kind: 'type', ...text, members: membersOf(declaration.body.body, source) };
    case 'TSTypeAliasDeclaration': {
      const { typeAnnotation } = declaration;
      const members = typeAnnotation.type === 'TSTypeLiteral' ? membersOf(typeAnnotation.members, source) : [];
      return { name: declaration.id.name, kind: 'type', ...text, members };
    }
    case 'VariableDeclaration': {
      const [variable] = declaration.declarations;
      if (variable?.id.type !== 'Identifier') break;
      return { name: variable.id.name, kind: 'value', doc: text.doc, code: codeOf(variable.id, source), members: [] };
    }
    case 'FunctionDeclaration':
      if (declaration.id)
        return { name: declaration.id.name, kind: 'value', doc: text.doc, code: headOf(text.code), members: [] };
      break;
    case 'ClassDeclaration':
      if (declaration.id)
        return { name: declaration.id.name, kind: 'value', doc: text.doc, code: headOf(text.code), members: [] };
  }
  throw new Error(`This export is of a kind that the reference does not know: ${text.code.slice(0, 80)}`);
}

function membersOf(elements: readonly t.TSTypeElement[], source: string): Member[] {
  return elements.map(element => {
    const named = 'key' in element && element.key.type === 'Identifier' ? element.key.name : '';
    return { name: named, doc: docOf(element), code: codeOf(element, source).replace(/;$/, '') };
  });
}

/** A module's name for something is a text where it is no identifier. */
function nameOf(given: t.Identifier | t.StringLiteral): string {
  return given.type === 'Identifier' ? given.name : given.value;
}

/** What comes before the body of a class or of a function. */
function headOf(code: string): string {
  return code.slice(0, code.indexOf('{')).trim();
}

function codeOf({ start, end }: t.Node, source: string): string {
  return source.slice(start ?? 0, end ?? 0);
}

/** The comment right above, without its stars. */
function docOf({ leadingComments }: t.Node): string {
  const comment = leadingComments?.at(-1);
  if (comment?.type !== 'CommentBlock' || !comment.value.startsWith('*')) return '';
  return comment.value
    .slice(1)
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

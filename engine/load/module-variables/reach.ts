import type { NodePath, types as t } from '@babel/core';
import { importedFile, type Binding, type ModuleFile } from './module-file.ts';

/**
 * The functions that are called, directly or by others, when some of them are: as far as their names tell. What a module does
 * while it is loaded is none of it.
 */
export class Reach {
  readonly #files: ReadonlyMap<string, ModuleFile>;
  readonly #functions = new Set<t.Node>();
  readonly #followed = new Set<Binding>();

  constructor(files: ReadonlyMap<string, ModuleFile>) {
    this.#files = files;
  }

  has(path: NodePath): boolean {
    return path.findParent(({ node }) => this.#functions.has(node)) !== null;
  }

  /** What a value may call: it is a function, the name of one, or has some in it. */
  value(path: NodePath, file: ModuleFile): void {
    if (path.isFunction() || path.isClass()) return this.#enter(path, file);
    if (path.isIdentifier()) return this.#follow(path.scope.getBinding(path.node.name), file);
    if (path.isMemberExpression()) return this.value(path.get('object'), file);
    if (path.isNewExpression()) return this.value(path.get('callee'), file);
    for (const part of partsOf(path)) this.value(part, file);
  }

  #enter(path: NodePath<t.Function | t.Class>, file: ModuleFile): void {
    if (this.#functions.has(path.node)) return;
    this.#functions.add(path.node);
    path.traverse({
      Identifier: name => {
        if (name.isReferencedIdentifier()) this.#follow(name.scope.getBinding(name.node.name), file);
      },
      TSType: type => type.skip(),
    });
  }

  #follow(binding: Binding | undefined, file: ModuleFile): void {
    if (!binding || this.#followed.has(binding)) return;
    this.#followed.add(binding);
    const { path } = binding;
    if (path.isFunctionDeclaration() || path.isClassDeclaration()) this.#enter(path, file);
    else if (path.isVariableDeclarator()) {
      const init = path.get('init');
      if (init.node) this.value(init as NodePath, file);
    } else if (path.isImportSpecifier()) this.#followImport(path, nameOf(path.node.imported), file);
    else if (path.isImportDefaultSpecifier()) this.#followImport(path, 'default', file);
    else if (path.isImportNamespaceSpecifier()) this.#followImport(path, undefined, file);
  }

  #followImport(path: NodePath, name: string | undefined, file: ModuleFile): void {
    if (path.parentPath?.isImportDeclaration()) this.#followExport(path.parentPath.node.source.value, name, file, 0);
  }

  /** @param name Undefined: all that the file exports */
  #followExport(specifier: string, name: string | undefined, importer: ModuleFile, depth: number): void {
    const file = this.#files.get(importedFile(specifier, importer.path) ?? '');
    // Files may export from each other, in a circle.
    if (!file || depth > 20) return;
    for (const statement of file.program.get('body')) {
      if (statement.isExportAllDeclaration()) this.#followExport(statement.node.source.value, name, file, depth + 1);
      else if (statement.isExportDefaultDeclaration() && (name ?? 'default') === 'default')
        this.value(statement.get('declaration') as NodePath, file);
      else if (statement.isExportNamedDeclaration())
        for (const [exported, local] of exportedBy(statement)) {
          if (name !== undefined && exported !== name) continue;
          const { source } = statement.node;
          if (source) this.#followExport(source.value, local, file, depth + 1);
          else this.#follow(file.program.scope.getBinding(local), file);
        }
    }
  }
}

/** What it exports, each with its name in the file. */
function exportedBy({ node }: NodePath<t.ExportNamedDeclaration>): [exported: string, local: string][] {
  const { declaration } = node;
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'ClassDeclaration')
    return declaration.id ? [[declaration.id.name, declaration.id.name]] : [];
  if (declaration?.type === 'VariableDeclaration')
    return declaration.declarations.flatMap(({ id }) =>
      id.type === 'Identifier' ? [[id.name, id.name] as [string, string]] : [],
    );
  return node.specifiers.flatMap(specifier =>
    specifier.type === 'ExportSpecifier'
      ? [[nameOf(specifier.exported), nameOf(specifier.local)] as [string, string]]
      : [],
  );
}

function nameOf(node: t.Identifier | t.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value;
}

/** The values in a value. Arguments of a method are not: the functions that `items.map` is given are called at once. */
function partsOf(path: NodePath): NodePath[] {
  if (path.isObjectExpression())
    return path
      .get('properties')
      .map((property): NodePath => (property.isObjectProperty() ? property.get('value') : property));
  if (path.isArrayExpression()) return path.get('elements').filter(({ node }) => node !== null) as NodePath[];
  if (path.isCallExpression()) return path.get('callee').isMemberExpression() ? [] : path.get('arguments');
  if (path.isConditionalExpression()) return [path.get('consequent'), path.get('alternate')];
  if (path.isLogicalExpression()) return [path.get('left'), path.get('right')] as NodePath[];
  if (path.isSpreadElement()) return [path.get('argument')];
  if (path.isTSAsExpression() || path.isTSSatisfiesExpression() || path.isTSNonNullExpression())
    return [path.get('expression')];
  return [];
}

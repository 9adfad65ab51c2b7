import type { TFunction } from "i18next";

import type { Named, Relation } from "@/backend";

/** A relation as it is read: who, does what, whom. */
export interface Sentence {
  subject: string;
  verb: string;
  object: string;
}

/** What an entity is called. The person is addressed, whatever their name. */
export function nameOf(entity: Pick<Named, "kind" | "name">, t: TFunction): string {
  return entity.kind === "self" ? t("graph.self.name") : entity.name;
}

export function sentenceOf({ subject, relation, object }: Relation, t: TFunction): Sentence {
  const person = subject.kind === "self" ? "second" : "third";
  return {
    subject: nameOf(subject, t),
    // A relation that has no words of its own is shown as it is kept.
    verb: t(`graph.relation.${relation}.${person}`, { defaultValue: relation.replaceAll("_", " ") }),
    object:
      object.kind === "self" ? t([`graph.self.object.${relation}`, "graph.self.object.other"]) : object.name,
  };
}

export function textOf(relation: Relation, t: TFunction): string {
  const { subject, verb, object } = sentenceOf(relation, t);
  return `${subject} ${verb} ${object}`;
}

// The calendar store of one user over its database: which function answers which question of the protocol.

import type { CalendarStore } from "../../core/ports/calendar-store.ts";
import { readBusy } from "./busy.ts";
import { readCandidates } from "./candidates.ts";
import { readChanges, readDeletedCollections } from "./changes.ts";
import { createCollection, deleteCollection, patchCollection } from "./collections.ts";
import type { Graph } from "./graph.ts";
import { openMembers, readMember, readMemberByUid, readMembers } from "./members.ts";
import { deleteObject, putObject } from "./objects.ts";

export function calendarStore(graph: Graph): CalendarStore {
  const { state } = graph;
  return {
    principal: () => state.owner.principal,
    historyEpoch: () => state.owner.historyEpoch,
    revision: () => state.owner.revision,
    collections: () => state.collections,
    collection: (slug) => state.collections.find((collection) => collection.slug === slug),
    deadProperties: (target) => state.dead.get(target) ?? new Map(),
    members: (calendarId) => readMembers(graph, calendarId),
    member: (calendarId, name) => readMember(graph, calendarId, name),
    memberByUid: (calendarId, uid) => readMemberByUid(graph, calendarId, uid),
    open: (calendarId, names) => openMembers(graph, calendarId, names),
    candidates: (calendarId, query) => readCandidates(graph, calendarId, query),
    busy: (calendarId, span) => readBusy(graph, calendarId, span),
    changesSince: (calendarId, revision, limit) => readChanges(graph, calendarId, revision, limit),
    deletedCollectionsSince: (revision) => readDeletedCollections(graph, revision),
    put: (request) => putObject(graph, request),
    delete: (request) => deleteObject(graph, request),
    createCollection: (request) => createCollection(graph, request),
    patchCollection: (target, patch) => patchCollection(graph, target, patch),
    deleteCollection: (calendarId, actor) => deleteCollection(graph, calendarId, actor),
  };
}

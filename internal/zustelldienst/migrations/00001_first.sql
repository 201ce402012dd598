-- +goose Up
create table client (
  id     text  not null primary key,
  secret bytea not null, -- SHA-256; secrets are random, never chosen by people
  kind   text  not null
);
create table destination (
  id             text not null primary key,
  client         text not null,
  name           text not null,
  status         text not null,
  encryption_kid text not null,
  service        text not null,
  schema_uri     text not null
);
create table destination_key (
  destination text not null,
  kid         text not null,
  jwk         text not null,
  primary key (destination, kid)
);
create table submission (
  id          text   not null primary key,
  case_id     text   not null,
  destination text   not null,
  sender      text   not null,
  service     text   not null,
  region      text   not null,
  state       text   not null, -- incomplete, submitted, accepted, rejected, deleted
  announced   text   not null, -- attachment ids, space separated
  tags        text   not null default '',
  created_at  bigint not null,
  sort        bigint not null
);
create index submission_pickup on submission (destination, sort) where state = 'submitted';
create index submission_case on submission (case_id);
create table attachment (
  submission text   not null,
  id         text   not null,
  tag        text   not null,
  primary key (submission, id)
);
create table event (
  case_id text   not null,
  seq     bigint not null,
  jti     text   not null unique,
  token   text   not null,
  primary key (case_id, seq)
);

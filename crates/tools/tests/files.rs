//! Files by their tools, under a real guard, in a home folder of their own: what each would do, a journey through all of them and
//! back, tricks with links, disks that are full or another's, and a program that is killed over and over.

#[path = "files/desk.rs"]
mod desk;
#[path = "files/hard_times.rs"]
mod hard_times;
#[path = "files/journey.rs"]
mod journey;
#[path = "files/looking.rs"]
mod looking;
#[path = "files/plans.rs"]
mod plans;
#[path = "files/tricks.rs"]
mod tricks;

/**
 * What an all-reduce would take on machines that are not here: {@link io.sardonyx.collective.plan.Planner} estimates it from a
 * description of nodes and links, {@link io.sardonyx.collective.plan.Cluster}. Every number is simulated.
 */
package io.sardonyx.collective.plan;
